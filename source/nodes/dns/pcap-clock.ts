/** What the capturing machine's clock says now, as far as its packets tell. */
export interface PcapTime {
  /** Seconds, never ahead of that clock; undefined before the first packet. */
  readonly now: number | undefined
  /** The clock was set, or packets came much later than they were captured: what came before is not comparable. */
  readonly stepped: boolean
}

export interface PcapClock {
  /** Takes the time of a packet. */
  saw(at: number): void
  /** Ends a period of packets. `at`: our monotonic time in seconds. */
  tick(at: number): PcapTime
}

/** Seconds by which packets may contradict the clock learned so far before it counts as set. */
const tolerance = 5
/** Seconds after which the difference between the clocks is learned anew, so that drift does not add up. */
const relearn = 60

/**
 * Matches the clock of the captured packets to ours. A packet is captured before it is read, so packet time minus our time
 * never exceeds the true difference of the clocks, and its maximum comes close to it.
 */
export const createPcapClock = (): PcapClock => {
  let newest = Number.NEGATIVE_INFINITY
  let learned: { readonly difference: number; readonly candidate: number; readonly since: number } | undefined
  let last = Number.NEGATIVE_INFINITY

  const learn = (difference: number, at: number): boolean => {
    // What arrives after a long wait between two ticks may be as old as that wait.
    const low = (learned?.difference ?? difference) - tolerance - Math.max(0, at - last)
    const stepped = difference < low || difference > (learned?.difference ?? difference) + tolerance
    if (learned === undefined || stepped) learned = { difference, candidate: difference, since: at }
    const candidate = Math.max(learned.candidate, difference)
    const whole = Math.max(learned.difference, difference)
    learned =
      at - learned.since > relearn
        ? { difference: candidate, candidate: difference, since: at }
        : { ...learned, difference: whole, candidate }
    return stepped
  }

  const tick = (at: number): PcapTime => {
    const stepped = newest !== Number.NEGATIVE_INFINITY && learn(newest - at, at)
    newest = Number.NEGATIVE_INFINITY
    last = at
    return { now: learned && at + learned.difference, stepped }
  }

  const saw = (at: number): void => {
    newest = Math.max(newest, at)
  }

  return { saw, tick }
}
