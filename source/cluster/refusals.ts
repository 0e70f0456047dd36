import type { Limits } from './limits.ts'
import type { Right } from './permissions.ts'

/** Rights of one resource that the server refused although it had said nothing against them. */
export interface Refusals {
  add(right: Pick<Right, 'verb' | 'namespace'>): void
  /** Whether it is still believed that this right is missing. */
  has(right: Pick<Right, 'verb' | 'namespace'>): boolean
  /** Milliseconds until rights are worth another look. */
  left(): number
  /** Believes none of them any longer; one that is refused again is believed for longer. */
  doubt(): void
}

interface Refusal {
  readonly until: number
  readonly wait: number
}

const keyOf = ({ verb, namespace = '' }: Pick<Right, 'verb' | 'namespace'>): string => `${verb} ${namespace}`

/** @param now monotonic milliseconds. */
export const createRefusals = ({ denied, refused }: Limits, now: () => number): Refusals => {
  const refusals = new Map<string, Refusal>()
  return {
    add(right) {
      const before = refusals.get(keyOf(right))
      const isAgain = before !== undefined && now() - before.until < denied
      const wait = Math.min(denied, isAgain ? 2 * before.wait : refused)
      refusals.set(keyOf(right), { until: now() + wait, wait })
    },
    has: (right) => (refusals.get(keyOf(right))?.until ?? 0) > now(),
    left: () =>
      Array.from(refusals.values(), ({ until }) => until - now())
        .filter((left) => left > 0)
        .reduce((least, left) => Math.min(least, left), denied),
    doubt() {
      for (const [key, refusal] of refusals) refusals.set(key, { ...refusal, until: Math.min(refusal.until, now()) })
    },
  }
}
