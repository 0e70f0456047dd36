/** Shares the main thread between all that decode and everything else. */
export interface Pace {
  /** Whether so much was decoded since input last had its turn that it is due. */
  isSpent(): boolean
  /** Lets input have its turn; those who wait go on one after the other, one in a turn of the loop. */
  turn(): Promise<void>
}

/** @param slice milliseconds of decoding between two turns. @param now monotonic milliseconds. */
export const createPace = (slice: number, now: () => number): Pace => {
  const waiting: (() => void)[] = []
  let begun = now()
  let turned = false

  const next = (): void => {
    const resume = waiting.shift()
    begun = now()
    if (waiting.length > 0) setImmediate(next)
    else turned = false
    resume?.()
  }

  return {
    isSpent() {
      // Where nobody waits, what lies back was somebody else's time, unless it is this very turn of the loop.
      if (!turned && waiting.length === 0) {
        turned = true
        begun = now()
        setImmediate(() => {
          if (waiting.length === 0) turned = false
        })
      }
      return now() - begun >= slice
    },
    turn: () =>
      new Promise((resolve) => {
        waiting.push(resolve)
        turned = true
        if (waiting.length === 1) setImmediate(next)
      }),
  }
}
