import type { Limits } from './limits.ts'

/** When rights that are missing are worth another look: soon at first, then less and less often. */
export interface Looks {
  /** Milliseconds until the next one; longer each time. */
  next(): number
  /** There was a right: from now on it is soon again. */
  reset(): void
}

export const createLooks = ({ denied, refused }: Limits): Looks => {
  let wait = refused
  return {
    next() {
      const now = Math.min(wait, denied)
      wait = now * 2
      return now
    },
    reset() {
      wait = refused
    },
  }
}
