import { setTimeout as sleep } from 'node:timers/promises'
import type { Settings } from '../config/settings.ts'
import type { Event } from '../events/event.ts'
import type { Feed } from '../events/feed.ts'
import type { NodeName } from '../events/subject.ts'
import { createStore, type Store } from '../store/store.ts'

/** A feed, and the nodes that it watches. */
export interface Watching {
  readonly feed: Feed
  readonly nodes: readonly NodeName[]
}

/** A feed that runs into a store. */
export interface Following {
  readonly store: Store
  /** Settles once every node has been read for the first time, or could not be. */
  readonly settled: Promise<void>
  /** Waits for a promise, at most so many milliseconds. Rejects if the feed fails, or with `AbortError` if interrupted. */
  waitFor(promise: Promise<unknown>, milliseconds: number): Promise<void>
  /** Ends the feed and everything it started; settles when it has ended, within a second. */
  end(): Promise<void>
}

const longestEnd = 1000

/** The node that an event shows to be read, or not to be had. */
const settledBy = (event: Event): NodeName | undefined => {
  if (event.type !== 'sample' && event.type !== 'link') return undefined
  if (!('node' in event.subject)) return undefined
  const waits = event.type === 'link' && (event.link.state === 'connecting' || event.link.state === 'live')
  return waits ? undefined : event.subject.node
}

/**
 * Runs a feed into a store until `end` is called, which must happen whatever happens. `heard` is called after the store has
 * applied events.
 */
export const follow = (
  { feed, nodes }: Watching,
  settings: Pick<Settings, 'historyMemory' | 'thresholds'>,
  interrupted: AbortSignal,
  heard: (events: readonly Event[], store: Store) => void = () => undefined,
): Following => {
  const store = createStore({ historyBytes: settings.historyMemory, thresholds: settings.thresholds })
  const ending = new AbortController()
  const missing = new Set(nodes)
  const settled = Promise.withResolvers<void>()

  const emit = (events: readonly Event[]): void => {
    store.apply(events)
    if (missing.size > 0) {
      for (const event of events) {
        const node = settledBy(event)
        if (node !== undefined) missing.delete(node)
      }
      if (missing.size === 0) settled.resolve()
    }
    heard(events, store)
  }
  if (missing.size === 0) settled.resolve()
  const done = feed.run(emit, ending.signal)
  const failed = done.then(() => new Promise<never>(() => undefined))
  // Whoever waits next is told; until then it is no unhandled rejection.
  failed.catch(() => undefined)

  const within = async (promise: Promise<unknown>, milliseconds: number, signal: AbortSignal): Promise<void> => {
    const over = new AbortController()
    const limit = sleep(milliseconds, undefined, { signal: AbortSignal.any([signal, over.signal]) })
    try {
      await Promise.race([promise, limit])
    } finally {
      over.abort()
      limit.catch(() => undefined)
    }
  }

  return {
    store,
    settled: settled.promise,
    waitFor: (promise, milliseconds) => within(Promise.race([promise, failed]), milliseconds, interrupted),
    end: async () => {
      ending.abort()
      await within(done, longestEnd, new AbortController().signal)
    },
  }
}
