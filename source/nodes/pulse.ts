/** What is done at a beat. `at`: now; `boundary`: when it should have come. Milliseconds. */
export type Beat = (at: number, boundary: number) => void

/** Beats once a second for everybody who has joined, each in a phase of the second. */
export interface Pulse {
  /** At every beat of this phase, ms into the second, until what it gives back is called. */
  join(phase: number, beat: Beat): () => void
}

/** Milliseconds between two beats. */
const period = 1000

interface Phase {
  readonly beats: Set<Beat>
  timer: NodeJS.Timeout | undefined
}

/**
 * One timer for all who are of one phase, and nothing made for each of them and beat: what lives for a second is what the
 * collector of V8 copies in vain. After a time in which we were stopped there is one beat, however many were missed.
 */
export const createPulse = (now: () => number): Pulse => {
  const phases = new Map<number, Phase>()

  /** The last boundary of a phase. */
  const boundaryBefore = (at: number, phase: number): number => Math.floor((at - phase) / period) * period + phase

  const begin = (number: number): Phase => {
    const phase: Phase = { beats: new Set(), timer: undefined }
    const run = (): void => {
      // Before all else: a fault of one must not end the beats of all.
      arm()
      const at = now()
      const boundary = boundaryBefore(at, number)
      for (const beat of phase.beats) beat(at, boundary)
    }
    /**
     * Rounded up, because timers cut fractions off and may fire a millisecond early: a beat before its time would bear the
     * time of the one before.
     */
    const arm = (): void => {
      const at = now()
      phase.timer = setTimeout(run, Math.ceil(boundaryBefore(at, number) + period - at) + 1)
    }
    arm()
    phases.set(number, phase)
    return phase
  }

  return {
    join(number, beat) {
      const phase = phases.get(number) ?? begin(number)
      phase.beats.add(beat)
      return () => {
        phase.beats.delete(beat)
        if (phase.beats.size > 0 || phases.get(number) !== phase) return
        clearTimeout(phase.timer)
        phases.delete(number)
      }
    },
  }
}
