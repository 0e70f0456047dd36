import type { Waits } from './waits.ts'

/** Full lists of what was known before cost the server most: one at a time, and each resource seldom. */
export interface Relists {
  /** When the resource may be listed again, monotonic ms. */
  due(key: string): number
  /** Waits for its turn; the result gives the turn back, and must be called. */
  turn(key: string, signal: AbortSignal): Promise<() => void>
}

/** @param apart milliseconds between two full lists of one resource. @param now monotonic milliseconds. */
export const createRelists = (apart: number, now: () => number, waits: Waits): Relists => {
  const last = new Map<string, number>()
  let queue: Promise<void> = Promise.resolve()
  const due = (key: string): number => (last.get(key) ?? Number.NEGATIVE_INFINITY) + apart

  return {
    due,
    async turn(key, signal) {
      await waits.keep(due(key) - now(), signal)
      const before = queue
      let release: () => void = () => undefined
      queue = new Promise((resolve) => {
        release = resolve
      })
      await before
      last.set(key, now())
      return release
    },
  }
}
