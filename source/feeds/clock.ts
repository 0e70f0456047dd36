import type { Event } from '../events/event.ts'
import type { Time } from '../nodes/time.ts'

/** Milliseconds between two tellings: ages and times of day on the screen are this old at most. */
const period = 250

/**
 * Milliseconds by which the wall clock must have moved against the monotonic one to count as set. Less is the whole
 * millisecond that `Date.now` is cut to, and what passes between two readings on a busy machine.
 */
const step = 50

/** A clock that tells its own lateness, by events. */
export interface RunningClock extends Time {
  readonly done: Promise<void>
}

/**
 * Starts telling the time. `now` is monotonic and does not step; wall time is for display only. It keeps its distance from
 * the monotonic one, so that a moment of the past has one and the same wall time until the clock is set.
 */
export const startClock = (emit: (events: readonly Event[]) => void, signal: AbortSignal): RunningClock => {
  const done = Promise.withResolvers<void>()
  let late = 0
  let expected = performance.now()
  let distance = Math.round(Date.now() - expected)
  let timer: NodeJS.Timeout | undefined

  const tell = (): void => {
    const now = performance.now()
    late = Math.max(0, now - expected)
    const found = Math.round(Date.now() - now)
    if (Math.abs(found - distance) > step) distance = found
    emit([{ type: 'clock', at: now, wall: now + distance, late }])
    expected = now + period
    timer = setTimeout(tell, period)
  }
  const stop = (): void => {
    clearTimeout(timer)
    done.resolve()
  }
  tell()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()

  return {
    now: () => performance.now(),
    // A timer that should have fired long ago and has not is lateness too.
    late: () => Math.max(late, performance.now() - expected),
    done: done.promise,
  }
}
