import { longestWindow } from '../../../metrics/histogram.ts'

/** Latencies in milliseconds, by the second in which they arrived. `at`: monotonic seconds. */
export interface Second {
  readonly at: number
  readonly latencies: readonly number[]
}

/** The latencies of a window, ascending, and its length in seconds. */
export interface Latencies {
  readonly sorted: Float64Array
  readonly seconds: number
}

/** Adds what arrived up to `at`, and forgets what is older than the longest window. */
export const arrived = (seconds: readonly Second[], at: number, latencies: readonly number[]): readonly Second[] => [
  ...seconds.filter((second) => second.at > at - longestWindow),
  { at, latencies },
]

/** What arrived in the last `length` seconds before `at`. The window is shorter where observing began later. */
export const latest = (seconds: readonly Second[], at: number, length: number): Latencies => {
  const within = seconds.filter((second) => second.at > at - length)
  const first = within[0]?.at ?? at
  return {
    sorted: Float64Array.from(within.flatMap((second) => second.latencies)).sort(),
    // The first second began one second before it was over.
    seconds: Math.min(length, at - first + 1),
  }
}

export const meanOf = ({ sorted }: Latencies): number =>
  sorted.length > 0 ? sorted.reduce((sum, latency) => sum + latency, 0) / sorted.length : Number.NaN

export const maximumOf = ({ sorted }: Latencies): number => sorted.at(-1) ?? Number.NaN

/** The smallest latency that at least `rank` percent of them do not exceed (nearest rank); NaN where there is none. */
export const rankOf = ({ sorted }: Latencies, rank: number): number =>
  sorted[Math.ceil((sorted.length * rank) / 100) - 1] ?? Number.NaN

/** Share in percent of latencies above a bound; NaN where there is none. */
export const shareOver = ({ sorted }: Latencies, bound: number): number =>
  sorted.length > 0 ? (100 * sorted.filter((latency) => latency > bound).length) / sorted.length : Number.NaN
