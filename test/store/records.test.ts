import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Address } from '../../source/events/address.ts'
import type { NamespaceName, PodId, ServiceId, SliceId } from '../../source/events/names.ts'
import type { PodRecord, RecordEvent, ServiceRecord, SliceRecord } from '../../source/events/records.ts'
import type { NodeName } from '../../source/events/subject.ts'
import type { Snapshot } from '../../source/store/snapshot.ts'
import { serverAge, sourceAge } from '../../source/store/sources.ts'
import { createStore } from '../../source/store/store.ts'
import { clean } from '../../source/text/clean.ts'
import { clock } from './events.ts'

const pod = (name: string, more: Partial<PodRecord> = {}): PodRecord => ({
  id: `shop/${name}` as PodId,
  version: '1',
  created: 1,
  uid: clean('u'),
  namespace: 'shop' as NamespaceName,
  name: clean(name),
  node: 'worker-1' as NodeName,
  phase: 'Running',
  reason: clean(''),
  ready: true,
  deleting: false,
  hostNetwork: false,
  addresses: [],
  owner: clean(''),
  restarts: 0,
  started: 1,
  containers: [],
  ...more,
})

const service = (name: string, addresses: readonly string[]): ServiceRecord => ({
  id: `shop/${name}` as ServiceId,
  version: '1',
  created: 1,
  namespace: 'shop' as NamespaceName,
  name: clean(name),
  serviceType: 'ClusterIP',
  clusterAddresses: addresses as readonly Address[],
  headless: false,
  external: [],
  pending: false,
  selects: true,
  ports: [],
})

const slice = (
  name: string,
  of: string,
  ready: readonly boolean[],
  family: SliceRecord['family'] = 'IPv4',
): SliceRecord => ({
  id: `shop/${name}` as SliceId,
  version: '1',
  created: 1,
  service: `shop/${of}` as ServiceId,
  family,
  endpoints: ready.map((each, index) => ({
    address: clean(`10.0.0.${index}`),
    ready: each,
    terminating: false,
    node: undefined,
    pod: undefined,
  })),
  ports: [80],
})

const put = (record: PodRecord): RecordEvent => ({ type: 'record', kind: 'pod', change: 'put', record })
const gone = (name: string): RecordEvent => ({
  type: 'record',
  kind: 'pod',
  change: 'gone',
  id: `shop/${name}` as PodId,
})
const putSlice = (record: SliceRecord): RecordEvent => ({
  type: 'record',
  kind: 'endpointslice',
  change: 'put',
  record,
})

const address = (text: string): Address => text as Address
const worker = (name: string): NodeName => name as NodeName

describe('whose an address is', () => {
  it('is known of pods that have one of their own, while they run', () => {
    const store = createStore()
    store.apply([
      put(pod('a', { addresses: [address('10.244.1.5'), address('fd00::5')] })),
      put(pod('host', { addresses: [address('10.0.0.7')], hostNetwork: true })),
      put(pod('done', { addresses: [address('10.244.1.6')], phase: 'Succeeded' })),
    ])
    const { relations } = store.snapshot().records
    expect(relations.podAt(address('10.244.1.5'))).toBe('shop/a')
    expect(relations.podAt(address('fd00::5'))).toBe('shop/a')
    expect(relations.podAt(address('10.0.0.7'))).toBeUndefined()
    expect(relations.podAt(address('10.244.1.6'))).toBeUndefined()
  })

  it('goes to the pod that was made last where an address is used again, and back when that one goes', () => {
    const store = createStore()
    const shared = [address('10.244.1.5')]
    store.apply([
      put(pod('new', { addresses: shared, created: 20 })),
      put(pod('old', { addresses: shared, created: 10, deleting: true })),
    ])
    expect(store.snapshot().records.relations.podAt(address('10.244.1.5'))).toBe('shop/new')
    store.apply([gone('new')])
    expect(store.snapshot().records.relations.podAt(address('10.244.1.5'))).toBe('shop/old')
    store.apply([gone('old')])
    expect(store.snapshot().records.relations.podAt(address('10.244.1.5'))).toBeUndefined()
  })

  it('is known of services and nodes', () => {
    const store = createStore()
    store.apply([
      { type: 'record', kind: 'service', change: 'put', record: service('web', ['10.96.0.10', 'fd00:96::a']) },
    ])
    expect(store.snapshot().records.relations.serviceAt(address('fd00:96::a'))).toBe('shop/web')
    store.apply([{ type: 'record', kind: 'service', change: 'put', record: service('web', ['10.96.0.10']) }])
    expect(store.snapshot().records.relations.serviceAt(address('fd00:96::a'))).toBeUndefined()
    expect(store.snapshot().records.relations.serviceAt(address('10.96.0.10'))).toBe('shop/web')
  })
})

describe('how many endpoints are ready', () => {
  it('is added up over slices, by family, and follows them', () => {
    const store = createStore()
    const of = (): unknown => store.snapshot().records.relations.endpointsOf('shop/web' as ServiceId)
    expect(of()).toEqual({ ready: 0, total: 0 })
    store.apply([putSlice(slice('a', 'web', [true, false])), putSlice(slice('b', 'web', [true]))])
    expect(of()).toEqual({ ready: 2, total: 3 })
    store.apply([putSlice(slice('c', 'web', [true, false, false], 'IPv6'))])
    expect(of()).toEqual({ ready: 1, total: 3 })
    store.apply([putSlice(slice('a', 'other', [true]))])
    expect(of()).toEqual({ ready: 1, total: 3 })
    store.apply([{ type: 'record', kind: 'endpointslice', change: 'gone', id: 'shop/c' as SliceId }])
    expect(of()).toEqual({ ready: 1, total: 1 })
  })
})

const change = fc.record({
  name: fc.integer({ min: 0, max: 6 }).map((number) => `p${number}`),
  gone: fc.boolean(),
  node: fc.constantFrom(undefined, worker('n1'), worker('n2')),
  addresses: fc.uniqueArray(fc.constantFrom(address('10.0.0.1'), address('10.0.0.2'), address('10.0.0.3')), {
    maxLength: 2,
  }),
  created: fc.integer({ min: 1, max: 3 }),
  phase: fc.constantFrom('Running' as const, 'Failed' as const),
  hostNetwork: fc.boolean(),
  look: fc.boolean(),
})

/** The relations of pods, searched for in the records. */
const searched = ({ records: { pods } }: Snapshot): unknown => {
  const all = [...pods.values()].toSorted((one, other) => one.created - other.created || (one.id < other.id ? -1 : 1))
  return {
    at: ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map(
      (text) =>
        all.findLast((each) => !each.hostNetwork && each.phase === 'Running' && each.addresses.includes(address(text)))
          ?.id,
    ),
    on: ['n1', 'n2', 'n3'].map((node) =>
      all
        .filter((each) => each.node === node)
        .map(({ id }) => id)
        .toSorted(),
    ),
  }
}

const related = ({ records: { relations } }: Snapshot): unknown => ({
  at: ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((text) => relations.podAt(address(text))),
  on: ['n1', 'n2', 'n3'].map((node) => [...relations.podsOn(worker(node))].toSorted()),
})

describe('relations that are kept', () => {
  it('are those that a search finds, in every snapshot, also later', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        const store = createStore()
        const seen: { readonly snapshot: Snapshot; readonly found: unknown }[] = []
        for (const { name, gone: isGone, look, ...more } of changes) {
          store.apply([isGone ? gone(name) : put(pod(name, more))])
          if (look) seen.push({ snapshot: store.snapshot(), found: searched(store.snapshot()) })
        }
        seen.push({ snapshot: store.snapshot(), found: searched(store.snapshot()) })
        for (const { snapshot, found } of seen) expect(related(snapshot)).toEqual(found)
      }),
    )
  })

  it('and records are the same objects until one changes', () => {
    const store = createStore()
    store.apply([put(pod('a'))])
    const before = store.snapshot().records
    store.apply([clock(1)])
    expect(store.snapshot().records).toBe(before)
    store.apply([put(pod('b'))])
    expect(store.snapshot().records).not.toBe(before)
    expect(store.snapshot().records.services).toBe(before.services)
    expect([...before.pods.keys()]).toEqual(['shop/a'])
  })
})

describe('how sources fare', () => {
  const status = {
    state: 'stale',
    cause: clean('gone'),
    known: 4000,
    until: Number.NaN,
    lacking: [],
    leftOut: 0,
    leftOutCause: clean(''),
  } as const

  it('is in the snapshot, with the age of what is known', () => {
    const store = createStore()
    store.apply([clock(10), { type: 'source', source: clean('pods'), status }])
    const { sources, ...now } = store.snapshot()
    expect(sources.byName.get(clean('pods'))).toBe(status)
    expect(sourceAge(status, now)).toBe(6)
    expect(sourceAge({ ...status, state: 'live' }, now)).toBe(0)
    expect(sourceAge({ ...status, known: Number.NaN }, now)).toBeNaN()
  })

  it('and ages of what the server wrote are taken by its clock', () => {
    const store = createStore()
    const made = Date.UTC(2026, 0, 31, 11)
    expect(serverAge(made, store.snapshot().sources, store.snapshot())).toBeNaN()
    const api = {
      state: 'live',
      cause: clean(''),
      since: 0,
      latency: 1,
      heard: 0,
      version: clean(''),
      ahead: made - 5000,
    } as const
    store.apply([clock(10, 0, 0), { type: 'api', status: api }])
    expect(serverAge(made, store.snapshot().sources, store.snapshot())).toBe(5)
    expect(serverAge(made + 60_000, store.snapshot().sources, store.snapshot())).toBe(0)
  })
})
