/** What the capturing machine's clock says, as far as its packets tell. */
export interface PcapTime {
  /** Seconds, never ahead of that clock; undefined before the first packet. */
  readonly now: number | undefined
  /** The clock was set, or packets came long after they were captured: what came before cannot be compared. */
  readonly stepped: boolean
}

export interface PcapClock {
  /** Takes the time of a packet. */
  saw(at: number): void
  /** Ends a period of packets. `at`: our monotonic time in seconds. */
  tick(at: number): PcapTime
}

/** Seconds by which packets may contradict what was learned before the clock counts as set. */
const tolerance = 5
/** Seconds after which the difference of the clocks is learned anew, so that drift does not add up. */
const relearn = 60

const never = Number.NEGATIVE_INFINITY

/**
 * Matches the clock of captured packets to ours. A packet is captured before it is read, so packet time minus our time
 * never exceeds the true difference of the clocks, and the largest one seen lately comes close to it.
 */
export const createPcapClock = (): PcapClock => {
  let newest = never
  let largest = never
  let largestBefore = never
  let since = never
  let last = never

  const learn = (difference: number, at: number): boolean => {
    const known = Math.max(largest, largestBefore)
    // What is read after a long wait between two ticks may be as old as that wait.
    const oldest = known - tolerance - (at - last)
    const stepped = known !== never && (difference > known + tolerance || difference < oldest)
    if (stepped || at - since > relearn) {
      largestBefore = stepped ? never : largest
      largest = never
      since = at
    }
    largest = Math.max(largest, difference)
    return stepped
  }

  return {
    saw: (at) => {
      newest = Math.max(newest, at)
    },
    tick: (at) => {
      const stepped = newest !== never && learn(newest - at, at)
      newest = never
      last = at
      const known = Math.max(largest, largestBefore)
      return { now: known === never ? undefined : at + known, stepped }
    },
  }
}
