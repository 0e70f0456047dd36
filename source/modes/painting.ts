import type { Event } from '../events/event.ts'
import type { Snapshot } from '../store/snapshot.ts'
import type { Store } from '../store/store.ts'
import type { PresenterStats } from '../terminal/presenter.ts'

/** Milliseconds after which a paint comes even without news, and the least between two for the sake of figures alone. */
const longest = 1200
const least = 900

/** What a person is waiting for, or is waited for with: how links and sources fare, and questions. */
const news: ReadonlySet<Event['type']> = new Set([
  'link',
  'opt-in',
  'request',
  'request-gone',
  'report',
  'cluster',
  'source',
  'api',
])

/** Milliseconds to wait for more of the same news. */
const soon = 50

/** Milliseconds between two paints for the sake of news: a fleet that comes up tells something in every one of them. */
const pace = 250

/** The clock of the screen: it has its own, because what is measured does not wait for what is drawn. */
export interface Painting {
  /** One snapshot per paint, however often it is asked for. */
  snapshotOf(store: Store): () => Snapshot
  /** The newest snapshot is on the screen: those before it are given back, but for one that is held still. */
  drawn(store: Store, frozen: Snapshot | undefined): void
  onPaint(listener: () => void): () => void
  /** Has figures painted as they come, once a second; a link, an opt-in or a question that changes at once. */
  noticed(events: readonly Event[]): void
  /** Frames that the terminal did not get since the paint before. */
  dropped(): number
  stop(): void
}

export const createPainting = (stats: PresenterStats): Painting => {
  const listeners = new Set<() => void>()
  let snapshot: Snapshot | undefined
  /** Those that were not given back. */
  let taken: readonly Snapshot[] = []
  let early: NodeJS.Timeout | undefined
  let paintedAt = Number.NEGATIVE_INFINITY
  let replaced = 0
  let dropped = 0

  const paint = (): void => {
    clearTimeout(early)
    early = undefined
    snapshot = undefined
    paintedAt = performance.now()
    dropped = stats.replaced - replaced
    replaced = stats.replaced
    timer.refresh()
    for (const listener of listeners) listener()
  }
  const timer = setTimeout(paint, longest)

  return {
    snapshotOf: (store) => () => {
      if (snapshot !== undefined) return snapshot
      snapshot = store.snapshot()
      if (!taken.includes(snapshot)) taken = [...taken, snapshot]
      return snapshot
    },
    drawn(store, frozen) {
      const isHeld = (one: Snapshot): boolean => one === taken.at(-1) || one.number === frozen?.number
      for (const one of taken) if (!isHeld(one)) store.release(one)
      taken = taken.filter(isHeld)
    },
    onPaint(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    noticed(events) {
      if (early !== undefined) return
      const passed = performance.now() - paintedAt
      const isNews = events.some(({ type }) => news.has(type))
      const isDue = passed >= least && events.some(({ type }) => type === 'sample')
      if (isNews || isDue) early = setTimeout(paint, Math.max(soon, pace - passed))
    },
    dropped: () => dropped,
    stop() {
      clearTimeout(timer)
      clearTimeout(early)
    },
  }
}
