import type { Event } from '../events/event.ts'
import type { Snapshot } from '../store/snapshot.ts'
import type { Store } from '../store/store.ts'
import type { PresenterStats } from '../terminal/presenter.ts'

/** Milliseconds between two paints, and the wait for more news after one that should be seen sooner. */
const period = 1000
const soon = 100

/** The clock of the screen: it has its own, because what is measured does not wait for what is drawn. */
export interface Painting {
  /** One snapshot per paint, however often it is asked for. */
  snapshotOf(store: Store): () => Snapshot
  onPaint(listener: () => void): () => void
  /** Has what changes a state, a link or an opt-in painted sooner than the next second. */
  noticed(events: readonly Event[]): void
  /** Frames that the terminal did not get in the last second. */
  dropped(): number
  stop(): void
}

export const createPainting = (stats: PresenterStats): Painting => {
  const listeners = new Set<() => void>()
  let snapshot: Snapshot | undefined
  let early: NodeJS.Timeout | undefined
  let firstSample = false
  let replaced = 0
  let dropped = 0

  const paint = (): void => {
    snapshot = undefined
    for (const listener of listeners) listener()
  }
  const timer = setInterval(() => {
    dropped = stats.replaced - replaced
    replaced = stats.replaced
    paint()
  }, period)

  return {
    snapshotOf: (store) => () => (snapshot ??= store.snapshot()),
    onPaint(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    noticed(events) {
      const isNews = events.some(
        ({ type }) => type === 'link' || type === 'opt-in' || (type === 'sample' && !firstSample),
      )
      if (!isNews) return
      firstSample ||= events.some(({ type }) => type === 'sample')
      early ??= setTimeout(() => {
        early = undefined
        paint()
      }, soon)
    },
    dropped: () => dropped,
    stop() {
      clearInterval(timer)
      clearTimeout(early)
    },
  }
}
