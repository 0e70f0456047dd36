import { onTestFinished } from 'vitest'
import type { Limits } from '../../../source/cluster/limits.ts'
import { type ClusterWatch, watchCluster } from '../../../source/cluster/watch-cluster.ts'
import type { Event } from '../../../source/events/event.ts'
import type { RecordEvent, RecordKind } from '../../../source/events/records.ts'
import type { SourceState, SourceStatus } from '../../../source/events/sources.ts'
import type { Snapshot } from '../../../source/store/snapshot.ts'
import { createStore } from '../../../source/store/store.ts'
import { clean } from '../../../source/text/clean.ts'
import { createHttpApi, type HttpApi } from './http-api.ts'
import { type MockServer, startMock } from './mock-server.ts'
import { namespaceObject } from './objects.ts'

/** Limits as they are, a hundred times as fast. */
export const fast: Partial<Limits> = {
  answer: 20_000,
  inactivity: 750,
  firstState: 200,
  backOff: { first: 10, most: 100 },
  settled: 300,
  denied: 300,
  relist: 150,
  poll: [50, 100],
  leases: 50,
  ping: 400,
  retryAfter: 2000,
}

export interface Watched {
  readonly mock: MockServer
  readonly watch: ClusterWatch
  readonly api: HttpApi
  readonly events: readonly Event[]
  readonly batches: () => number
  snapshot(): Snapshot
  status(source: string): SourceStatus | undefined
  state(source: string): SourceState | undefined
  /** Ids of what is known of a kind, in order. */
  ids(kind: 'nodes' | 'pods' | 'services' | 'slices' | 'namespaces' | 'leases'): readonly string[]
  /** `put shop/web`, `gone shop/web`, as they came. */
  told(kind: RecordKind): readonly string[]
  stop(): Promise<void>
}

export interface WatchedOptions {
  readonly mock?: MockServer
  readonly before?: (mock: MockServer) => void
  readonly namespaces?: readonly string[]
  readonly limits?: Partial<Limits>
}

/** A mock API server that is being watched; all of it is gone when the test ends. */
export const watched = async (options: WatchedOptions = {}): Promise<Watched> => {
  const mock = options.mock ?? (await startMock())
  mock.state.put('namespaces', namespaceObject('shop'))
  options.before?.(mock)
  const api = createHttpApi(mock.origin)
  const store = createStore()
  const events: Event[] = []
  let batches = 0
  const controller = new AbortController()
  const watch = watchCluster({
    api,
    namespaces: options.namespaces ?? [],
    emit(more) {
      batches++
      events.push(...more)
      store.apply(more)
    },
    now: () => performance.now(),
    signal: controller.signal,
    limits: { ...fast, ...options.limits },
  })
  const stop = async (): Promise<void> => {
    controller.abort()
    await watch.done
    api.close()
    await mock.close()
  }
  onTestFinished(stop)
  const status = (source: string): SourceStatus | undefined => store.snapshot().sources.byName.get(clean(source))
  return {
    mock,
    watch,
    api,
    events,
    batches: () => batches,
    snapshot: () => store.snapshot(),
    status,
    state: (source) => status(source)?.state,
    ids: (kind) => [...store.snapshot().records[kind].keys()].toSorted(),
    told: (kind) =>
      events
        .filter((event): event is RecordEvent => event.type === 'record' && event.kind === kind)
        .map((event) => (event.change === 'put' ? `put ${event.record.id}` : `gone ${event.id}`)),
    stop,
  }
}
