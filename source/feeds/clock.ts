import type { Event } from '../events/event.ts'
import type { Time } from '../nodes/node-watch.ts'

/** Milliseconds between two tellings: ages and times of day on the screen are this old at most. */
const period = 250

/** A clock that tells its own lateness, by events. */
export interface RunningClock extends Time {
  readonly done: Promise<void>
}

/** Starts telling the time. `now` is monotonic and does not step; wall time is for display only. */
export const startClock = (emit: (events: readonly Event[]) => void, signal: AbortSignal): RunningClock => {
  const done = Promise.withResolvers<void>()
  let late = 0
  let expected = performance.now()
  let timer: NodeJS.Timeout | undefined

  const tell = (): void => {
    const now = performance.now()
    late = Math.max(0, now - expected)
    emit([{ type: 'clock', at: now, wall: Date.now(), late }])
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
