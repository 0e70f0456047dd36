/** The last clock event: monotonic ms, the wall time of that moment (ms since 1970), and how late we were ourselves (ms). */
export interface Now {
  readonly at: number
  readonly wall: number
  readonly late: number
}

/**
 * Wall time of a monotonic one, by the clock as it runs now: if the wall clock is set, all past times move with it. The
 * distance of the clocks in whole milliseconds: what is left of a sum of large numbers must not move a time that stands.
 */
export const wallOf = (now: Now, at: number): number => Math.round(now.wall - now.at) + at
