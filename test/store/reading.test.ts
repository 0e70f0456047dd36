import { describe, expect, it } from 'vitest'
import type { Event } from '../../source/events/event.ts'
import type { MetricId } from '../../source/metrics/catalogue.ts'
import type { Reading } from '../../source/store/reading.ts'
import { createStore, type Store } from '../../source/store/store.ts'
import { clean } from '../../source/text/clean.ts'
import { clock, epoch, feed, link, origin, sample, source, worker } from './events.ts'

const storeWith = (...events: readonly Event[]): Store => {
  const store = createStore()
  store.apply(events)
  return store
}

const readingIn = (store: Store, metric: MetricId): Reading => {
  const reading = store.snapshot().nodes.get(worker)?.reading(metric)
  if (reading === undefined) throw new Error('the node is not there')
  return reading
}

const files = origin('conntrack.fill', source('proc'))

describe('a reading', () => {
  it('waits until anything is known', () => {
    const store = storeWith(link(0, 'live'), clock(1))
    expect(readingIn(store, 'conntrack.fill')).toEqual({
      kind: 'missing',
      missing: 'no-data',
      advice: 'waiting for the first reading',
    })
  })

  it('carries its value, age, origin, and what stands behind it', () => {
    const store = storeWith(
      origin('rtt.p50', source('ss', { scope: 'node', namespaces: { read: 40, of: 110 } })),
      sample(10, 'rtt.p50', 0.3, { observations: 57, window: 5, bound: -1 }),
      clock(10.5),
    )
    expect(readingIn(store, 'rtt.p50')).toEqual({
      kind: 'live',
      value: 0.3,
      age: 0.5,
      tier: 'ss',
      scope: 'node',
      namespaces: { read: 40, of: 110 },
      observations: 57,
      window: 5,
      bound: 'below',
      band: 'ok',
    })
  })

  it('is the least that it may be beside what says that not all of it is seen', () => {
    const lookups = (scope: 'host' | 'node') => origin('dns.lookups', source('dns-capture', { scope }))
    const store = storeWith(lookups('node'), sample(1, 'dns.lookups', 0), clock(1))
    expect(readingIn(store, 'dns.lookups')).not.toHaveProperty('bound')
    store.apply([origin('coredns.queries', source('coredns metrics')), sample(1, 'coredns.queries', 30)])
    expect(readingIn(store, 'dns.lookups')).toMatchObject({ value: 0, bound: 'above' })
    store.apply([lookups('host'), sample(2, 'dns.lookups', 3)])
    expect(readingIn(store, 'dns.lookups')).not.toHaveProperty('bound')
  })

  it('says why it is missing, though a value was there before', () => {
    const store = storeWith(files, sample(1, 'conntrack.fill', 50), clock(1))
    store.apply([origin('conntrack.fill', { missing: 'denied', advice: clean('needs root') })])
    expect(readingIn(store, 'conntrack.fill')).toEqual({ kind: 'missing', missing: 'denied', advice: 'needs root' })
    expect(store.snapshot().nodes.get(worker)?.value('conntrack.fill')).toBeNaN()
  })

  it('that the API server gives is of now, and raises its band, while nobody may log in to the node', () => {
    const store = storeWith(
      link(0, 'not-asked'),
      origin('coredns.servfail_share', source('CoreDNS metrics', { scope: 'pod' })),
      ...[10, 20, 30].map((at) => sample(at, 'coredns.servfail_share', 20, { observations: 900 })),
      clock(31),
    )
    expect(readingIn(store, 'coredns.servfail_share')).toMatchObject({ kind: 'live', band: 'critical' })
    expect(store.snapshot().crossings.map(({ metric }) => metric)).toEqual(['coredns.servfail_share'])
    expect(readingIn(store, 'conntrack.fill')).toMatchObject({ kind: 'missing', missing: 'not-asked' })
    expect(readingIn(store, 'coredns.queries')).toMatchObject({ advice: 'waiting for the first reading' })
  })

  it('is missing, not zero, when the newest sample is a gap', () => {
    const store = storeWith(files, sample(1, 'conntrack.fill', 50), sample(2, 'conntrack.fill', Number.NaN), clock(2))
    expect(readingIn(store, 'conntrack.fill')).toEqual({
      kind: 'missing',
      missing: 'no-data',
      advice: 'no reading in the last interval',
    })
  })

  it('takes infinity for a gap', () => {
    const store = storeWith(files, sample(1, 'conntrack.fill', Number.POSITIVE_INFINITY), clock(1))
    expect(readingIn(store, 'conntrack.fill').kind).toBe('missing')
  })

  it('of a share names the denominator that was empty', () => {
    const store = storeWith(sample(1, 'dns.nxdomain_share', Number.NaN, { observations: 0 }), clock(1))
    expect(readingIn(store, 'dns.nxdomain_share')).toMatchObject({ advice: 'no lookups in the last interval' })
  })

  it('is never one of another tier than the one it names', () => {
    const store = storeWith(origin('fdatasync.mean', source('etcd')), sample(1, 'fdatasync.mean', 2), clock(1))
    store.apply([origin('fdatasync.mean', source('disk-probe'))])
    expect(readingIn(store, 'fdatasync.mean')).toMatchObject({ advice: 'waiting for the first reading' })
    store.apply([sample(6, 'fdatasync.mean', 9), clock(6)])
    expect(readingIn(store, 'fdatasync.mean')).toMatchObject({ value: 9, tier: 'disk-probe' })
  })

  it('stays when its origin is only said again, or only counts its namespaces anew', () => {
    const pods = (read: number): Event =>
      origin('rtt.p50', source('ss', { scope: 'node', namespaces: { read, of: 9 } }))
    const store = storeWith(pods(1), sample(1, 'rtt.p50', 2), pods(1), pods(3), clock(1))
    expect(readingIn(store, 'rtt.p50')).toMatchObject({ value: 2, namespaces: { read: 3, of: 9 } })
  })

  it('keeps its value and its band while it is taken less often, or more', () => {
    const every = (seconds: number): Event => origin('fdatasync.mean', source('etcd metrics', { every: seconds }))
    const store = createStore()
    store.apply([origin('fdatasync.mean', source('etcd metrics'))])
    for (let turn = 1; turn <= 5; turn++) {
      store.apply([every(20 + turn), sample(25 * turn, 'fdatasync.mean', 30), clock(25 * turn)])
      store.apply([every(30 + turn)])
      expect(readingIn(store, 'fdatasync.mean')).toMatchObject({
        kind: 'live',
        value: 30,
        tier: `etcd metrics, every ${30 + turn} s to spare the node`,
        band: turn > 1 ? 'critical' : 'ok',
      })
    }
  })

  it('leaves out what is older than it', () => {
    const store = storeWith(files, sample(5, 'conntrack.fill', 50), sample(4, 'conntrack.fill', 40), clock(5))
    expect(readingIn(store, 'conntrack.fill')).toMatchObject({ value: 50 })
  })
})

describe('a reading grows stale', () => {
  it('after three seconds for what is read every second', () => {
    const store = storeWith(files, sample(9, 'conntrack.fill', 50), sample(10, 'conntrack.fill', 50), clock(13))
    expect(readingIn(store, 'conntrack.fill')).toMatchObject({ kind: 'live', age: 3 })
    store.apply([clock(13.1)])
    expect(readingIn(store, 'conntrack.fill')).toMatchObject({ kind: 'stale', value: 50, age: 3.1 })
  })

  it('after two and a half periods for what is read less often', () => {
    const store = storeWith(sample(10, 'rtt.p50', 1), clock(22.5))
    expect(readingIn(store, 'rtt.p50').kind).toBe('live')
    store.apply([clock(22.6)])
    expect(readingIn(store, 'rtt.p50').kind).toBe('stale')
  })

  it('by how often samples really come where a command was stretched', () => {
    const store = createStore()
    feed(store, 'rtt.p50', 0, 60, () => 1, 20)
    store.apply([clock(110)])
    expect(readingIn(store, 'rtt.p50').kind).toBe('live')
    store.apply([clock(111)])
    expect(readingIn(store, 'rtt.p50').kind).toBe('stale')
  })

  it('by how often samples are to come, before two have come so seldom', () => {
    const store = storeWith(
      origin('rtt.p50', source('ss')),
      sample(5, 'rtt.p50', 1),
      sample(10, 'rtt.p50', 1),
      origin('rtt.p50', source('ss', { every: 30 })),
      clock(85),
    )
    expect(readingIn(store, 'rtt.p50').kind).toBe('live')
    store.apply([clock(85.1)])
    expect(readingIn(store, 'rtt.p50').kind).toBe('stale')
  })

  it('soon after a long gap all the same', () => {
    const store = createStore()
    feed(store, 'conntrack.fill', 0, 10, () => 50)
    store.apply([sample(600, 'conntrack.fill', 50), clock(603.5)])
    expect(readingIn(store, 'conntrack.fill').kind).toBe('stale')
  })

  it('not because we were late ourselves', () => {
    const store = storeWith(sample(10, 'conntrack.fill', 50), clock(15, 4000))
    expect(readingIn(store, 'conntrack.fill').kind).toBe('live')
  })

  it('at once when the link is not live any more, and keeps its value', () => {
    const store = storeWith(link(0, 'live'), files, sample(10, 'conntrack.fill', 50), link(10.2, 'lost'), clock(10.5))
    expect(readingIn(store, 'conntrack.fill')).toMatchObject({ kind: 'stale', value: 50, age: 0.5, tier: 'proc' })
  })
})

describe('a node that never gave a value', () => {
  it.each([
    ['connecting', 'no-data'],
    ['lost', 'lost'],
    ['backing-off', 'lost'],
    ['no-data', 'no-data'],
    ['denied', 'denied'],
  ] as const)('reads as its link says while that is %s', (state, missing) => {
    const store = storeWith(link(0, state), clock(1))
    expect(readingIn(store, 'cpu.busy')).toEqual({ kind: 'missing', missing, advice: 'said so' })
  })
})

describe('time', () => {
  it('is the last clock: ages do not move when the wall clock is set, what is shown of the past does', () => {
    const store = createStore()
    feed(store, 'conntrack.fill', 0, 10, () => 95)
    expect(readingIn(store, 'conntrack.fill')).toMatchObject({ age: 0, since: epoch + 3000 })
    const hour = 3_600_000
    store.apply([clock(11, 0, epoch + 11_000 - hour)])
    expect(readingIn(store, 'conntrack.fill')).toMatchObject({ age: 1, since: epoch + 3000 - hour })
    expect(store.snapshot().crossings).toMatchObject([{ since: epoch + 3000 - hour }])
  })

  it('of a sample that comes just before its clock is no age below zero', () => {
    const store = storeWith(clock(10), sample(10.4, 'conntrack.fill', 50))
    expect(readingIn(store, 'conntrack.fill')).toMatchObject({ age: 0 })
  })
})
