import type { Settings } from '../config/settings.ts'
import type { Event } from '../events/event.ts'
import type { Feed } from '../events/feed.ts'
import type { NodeName } from '../events/subject.ts'
import { createStore, type Store } from '../store/store.ts'

/** A feed, and the nodes that it watches. */
export interface Watching {
  readonly feed: Feed
  readonly nodes: readonly NodeName[] | 'told by the cluster'
  /** The opt-ins that are asked for on them from the start. */
  readonly optIns: ReadonlySet<string>
}

/** What a feed has told so far. */
export interface Heard {
  readonly store: Store
  /** Whether every node has been read for the first time, or could not be. */
  readonly isSettled: () => boolean
}

/** A feed that runs into a store. */
export interface Following extends Heard {
  /** Settles once every node has been read for the first time, or could not be. */
  readonly settled: Promise<void>
  /** Waits for a promise, at most so many milliseconds. Rejects if the feed fails, or if interrupted. */
  waitFor<Value>(promise: Promise<Value>, milliseconds?: number): Promise<Value | undefined>
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

/** What the feed is yet to tell of, before every node has been read or could not be. */
const createMissing = (nodes: Watching['nodes']) => {
  const missing = new Set(nodes === 'told by the cluster' ? [] : nodes)
  // The list is whole once its source says how it fares: also where that is badly, as by the cause of a first failure.
  let isListed = nodes !== 'told by the cluster'
  return {
    heard(event: Event): void {
      if (!isListed && event.type === 'record' && event.kind === 'node' && event.change === 'put')
        missing.add(event.record.id)
      if (event.type === 'source' && event.source === 'nodes')
        isListed ||= event.status.state !== 'starting' || event.status.cause !== ''
      const node = settledBy(event)
      if (node !== undefined) missing.delete(node)
    },
    isOver: () => isListed && missing.size === 0,
  }
}

/**
 * Runs a feed into a store until `end` is called, which must happen whatever happens. `heard` is called after the store has
 * applied events.
 */
export const follow = (
  { feed, nodes }: Watching,
  settings: Pick<Settings, 'historyMemory' | 'thresholds'>,
  interrupted: AbortSignal,
  heard: (events: readonly Event[], all: Heard) => void = () => undefined,
): Following => {
  const store = createStore({ historyBytes: settings.historyMemory, thresholds: settings.thresholds })
  const ending = new AbortController()
  const missing = createMissing(nodes)
  const settled = Promise.withResolvers<void>()

  const all: Heard = { store, isSettled: missing.isOver }

  const emit = (events: readonly Event[]): void => {
    store.apply(events)
    if (!missing.isOver()) {
      for (const event of events) missing.heard(event)
      if (missing.isOver()) settled.resolve()
    }
    heard(events, all)
  }
  if (missing.isOver()) settled.resolve()
  const done = feed.run(emit, ending.signal)
  const failed = done.then(never)
  const stopped = interruption(interrupted)
  // Whoever waits next is told; until then these are no unhandled rejections.
  failed.catch(() => undefined)
  stopped.catch(() => undefined)

  return {
    ...all,
    settled: settled.promise,
    waitFor: (promise, milliseconds) => within(Promise.race([promise, failed, stopped]), milliseconds),
    end: async () => {
      ending.abort()
      await within(done, longestEnd)
    },
  }
}

const never = (): Promise<never> => new Promise(() => undefined)

const interruption = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const stop = (): void => reject(new Error('interrupted'))
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
  })

/** The promise's value, or undefined after so many milliseconds. */
const within = async <Value>(promise: Promise<Value>, milliseconds?: number): Promise<Value | undefined> => {
  if (milliseconds === undefined) return promise
  const over = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => over.resolve(undefined), milliseconds)
  try {
    return await Promise.race([promise, over.promise])
  } finally {
    clearTimeout(timer)
  }
}
