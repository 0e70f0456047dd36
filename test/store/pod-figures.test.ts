import { describe, expect, it } from 'vitest'
import type { PodFigure, PodFigures } from '../../source/events/event.ts'
import type { PodRecord } from '../../source/events/records.ts'
import { createStore, type Store } from '../../source/store/store.ts'
import { clean } from '../../source/text/clean.ts'
import { podRecord } from '../scenarios/kubernetes.ts'
import { clock, link, worker } from './events.ts'

const id = 'ab'.repeat(32)
const throttled = 'cpu.throttled_share'

const figure = (value: number, more: Partial<PodFigure> = {}): PodFigure => ({
  uid: clean('uid-1'),
  container: clean(id),
  metric: throttled,
  value,
  observations: 150,
  window: 15,
  ...more,
})

const told = (seconds: number, ...rows: readonly PodFigure[]): PodFigures => ({
  type: 'pod-figures',
  node: worker,
  at: seconds * 1000,
  rows,
})

const pod = (more: Partial<PodRecord> = {}): PodRecord =>
  podRecord('payments/api-1', { uid: clean('uid-1'), node: worker, containers: [], ...more })

const storeWith = (...events: Parameters<Store['apply']>[0]): Store => {
  const store = createStore()
  store.apply(events)
  return store
}

const read = (store: Store, record = pod()) => store.snapshot().podFigure(record, throttled)

describe('a figure of a pod', () => {
  it('is what its node told last, with the container that it is of', () => {
    const store = storeWith(link(0, 'live'), told(10, figure(3)), told(25, figure(12)), clock(26))
    expect(read(store)).toMatchObject({ kind: 'live', value: 12, age: 1, container: id, band: 'ok', observations: 150 })
  })

  it('belongs to nobody else, and is gone once it is told of no more', () => {
    const store = storeWith(link(0, 'live'), told(10, figure(3)), clock(10))
    expect(read(store, pod({ uid: clean('uid-2') }))).toBeUndefined()
    expect(read(store, pod({ node: undefined }))).toBeUndefined()
    store.apply([told(25)])
    expect(read(store)).toBeUndefined()
  })

  it('of a static pod, whose group bears another uid, is found by its container', () => {
    const mirror = figure(9, { uid: clean('9'.repeat(32)) })
    const store = storeWith(link(0, 'live'), told(10, mirror), clock(10))
    const record = pod({ containers: [{ name: clean('etcd'), id: clean(id), ready: true }] })
    expect(read(store, record)?.value).toBe(9)
  })

  it('stands in a band by the levels of the catalogue, not with too few observations, and stays a while', () => {
    const store = storeWith(link(0, 'live'), told(10, figure(70, { observations: 10 })), clock(10))
    expect(read(store)?.band).toBe('ok')
    store.apply([told(25, figure(70))])
    expect(read(store)?.band).toBe('warning')
    store.apply([told(40, figure(0))])
    expect(read(store)?.band).toBe('warning')
    store.apply([told(80, figure(0))])
    expect(read(store)?.band).toBe('ok')
  })

  it('is old once its node is silent, or lost', () => {
    const store = storeWith(link(0, 'live'), told(10, figure(3)), clock(159))
    expect(read(store)?.kind).toBe('live')
    store.apply([clock(161)])
    expect(read(store)?.kind).toBe('stale')
    store.apply([told(161, figure(3)), link(162, 'lost')])
    expect(read(store)?.kind).toBe('stale')
  })

  it('is as old after a long silence as before it: how often figures come is no matter of one gap', () => {
    const store = storeWith(
      link(0, 'live'),
      told(10, figure(3)),
      told(25, figure(3)),
      told(7225, figure(3)),
      clock(7225),
    )
    expect(read(store)?.kind).toBe('live')
    store.apply([clock(7374)])
    expect(read(store)?.kind).toBe('live')
    store.apply([clock(7376)])
    expect(read(store)?.kind).toBe('stale')
  })

  it('may come less often than it is meant to', () => {
    const store = storeWith(link(0, 'live'), ...[10, 110, 210].map((at) => told(at, figure(3))), clock(459))
    expect(read(store)?.kind).toBe('live')
    store.apply([clock(461)])
    expect(read(store)?.kind).toBe('stale')
  })

  it('stands in no band because of what was long ago', () => {
    const store = storeWith(link(0, 'live'), told(10, figure(70)), clock(10))
    expect(read(store)?.band).toBe('warning')
    store.apply([told(150, figure(0))])
    const kept = read(store)?.band
    store.apply([told(165, figure(70)), told(3165, figure(0))])
    expect([kept, read(store)?.band]).toEqual(['warning', 'ok'])
  })

  it('does not change in a snapshot that was taken', () => {
    const store = storeWith(link(0, 'live'), told(10, figure(3)), clock(10))
    const before = store.snapshot()
    store.apply([told(25, figure(50))])
    expect(before.podFigure(pod(), throttled)?.value).toBe(3)
  })
})
