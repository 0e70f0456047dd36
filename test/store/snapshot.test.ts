import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Event } from '../../source/events/event.ts'
import { catalogue } from '../../source/metrics/catalogue.ts'
import type { Snapshot } from '../../source/store/snapshot.ts'
import { createStore } from '../../source/store/store.ts'
import { clean } from '../../source/text/clean.ts'
import { clock, epoch, link, nodeName, origin, sample, source, worker } from './events.ts'

const nodes = ['a', 'b', 'c'].map(nodeName)
const node = fc.constantFrom(...nodes)
const metric = fc.constantFrom('conntrack.fill', 'conntrack.drop', 'fdatasync.p99', 'rtt.p50', 'dns.servfail_share')
const value = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constant(Number.NaN))

/** Events of one second. */
const happening = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(node, metric, value).map(
      ([node, metric, value]) =>
        (at: number) =>
          sample(at, metric, value, { observations: 80 }, node),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(node, fc.constantFrom('live', 'lost', 'connecting')).map(
      ([node, state]) =>
        (at: number) =>
          link(at, state, node),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(node, metric, fc.constantFrom('proc', 'ss')).map(
      ([node, metric, tier]) =>
        () =>
          origin(metric, source(tier), node),
    ),
  },
  {
    weight: 1,
    arbitrary: node.map(
      (node) => (): Event => ({ type: 'fact', subject: { node }, fact: 'kernel.release', value: clean('6.1') }),
    ),
  },
)
const seconds = fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.array(happening, { maxLength: 8 })), {
  minLength: 1,
  maxLength: 40,
})

type Seconds = readonly (readonly [number, readonly ((at: number) => Event)[]])[]

const eventsOf = (run: Seconds, from: number): readonly Event[] => {
  let at = from
  return run.flatMap(([ahead, happenings]) => {
    at += ahead
    return [...happenings.map((happen) => happen(at)), clock(at)]
  })
}

/** Everything that a reader can see, as plain data. */
const seen = (snapshot: Snapshot): unknown => ({
  at: snapshot.at,
  crossings: snapshot.crossings,
  nodes: [...snapshot.nodes].map(([name, view]) => ({
    name,
    link: view.link,
    linkSince: view.linkSince,
    isLost: view.isLost,
    facts: [...view.facts],
    worst: view.worst(),
    readings: catalogue.map(({ id }) => [view.reading(id), view.value(id)]),
    recent: catalogue.map(({ id }) => snapshot.series(name, id, 60)),
    hours: catalogue.map(({ id }) => snapshot.series(name, id, 2 * 3600)),
  })),
})

describe('a snapshot', () => {
  it('never changes, whatever is applied afterwards', () => {
    fc.assert(
      fc.property(seconds, seconds, (before, after) => {
        const store = createStore()
        store.apply(eventsOf(before, 0))
        const snapshot = store.snapshot()
        const first = structuredClone(seen(snapshot))
        for (const event of eventsOf(after, snapshot.at / 1000)) {
          store.apply([event])
          store.snapshot()
        }
        expect(seen(snapshot)).toEqual(first)
      }),
      { numRuns: 30 },
    )
  })

  it('never changes while others are given back, in whatever order', () => {
    fc.assert(
      fc.property(seconds, fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }), (run, isKept) => {
        const store = createStore()
        const kept: { readonly snapshot: Snapshot; readonly first: unknown }[] = []
        let waiting: readonly Snapshot[] = []
        for (const [index, event] of eventsOf(run, 0).entries()) {
          store.apply([event])
          const snapshot = store.snapshot()
          // Given back one event later: what came in between was written elsewhere.
          for (const one of waiting) store.release(one)
          waiting = []
          if (isKept[index % isKept.length]) kept.push({ snapshot, first: structuredClone(seen(snapshot)) })
          else waiting = [snapshot]
        }
        // Looking at histories of an hour for each metric takes its time.
        for (const { snapshot, first } of kept.slice(0, 10)) expect(seen(snapshot)).toEqual(first)
      }),
      { numRuns: 30 },
    )
  })

  it('that is given back at once is not given out again', () => {
    const store = createStore()
    store.apply([sample(1, 'conntrack.fill', 5), clock(1)])
    const first = store.snapshot()
    store.release(first)
    expect(store.snapshot()).not.toBe(first)
    expect(store.snapshot().nodes.get(worker)?.value('conntrack.fill')).toBe(5)
  })

  it('is the same object until something is applied', () => {
    const store = createStore()
    const first = store.snapshot()
    store.apply([])
    expect(store.snapshot()).toBe(first)
    store.apply([clock(1)])
    expect(store.snapshot()).not.toBe(first)
  })

  it('reads overwritten slots as gaps, never as newer values', () => {
    const store = createStore()
    for (let second = 0; second < 60; second++) store.apply([sample(second, 'conntrack.fill', 1), clock(second)])
    const frozen = store.snapshot()
    for (let second = 60; second < 60 + 880; second++) store.apply([sample(second, 'conntrack.fill', 2)])
    const { values } = frozen.series(worker, 'conntrack.fill', 60)
    expect([...values.subarray(0, 40)].every((value) => Number.isNaN(value))).toBe(true)
    expect([...values.subarray(40)]).toEqual(Array.from({ length: 20 }, () => 1))
  })

  it('reads its own values after all series were shortened for new nodes', () => {
    const store = createStore({ historyBytes: 200_000 })
    for (let second = 0; second < 60; second++) store.apply([sample(second, 'conntrack.fill', second), clock(second)])
    const frozen = store.snapshot()
    for (let index = 0; index < 100; index++) store.apply([sample(60, 'conntrack.fill', 99, {}, nodeName(`n${index}`))])
    expect(store.snapshot().history.shown.seconds).toBeLessThan(900)
    const { values } = frozen.series(worker, 'conntrack.fill', 60)
    expect([...values]).toEqual(Array.from({ length: 60 }, (_, second) => second))
  })

  it('does not see a metric whose history began after it', () => {
    const store = createStore()
    store.apply([link(0, 'live'), clock(1)])
    const frozen = store.snapshot()
    store.apply([sample(1, 'conntrack.fill', 5)])
    expect([...frozen.series(worker, 'conntrack.fill', 5).values]).toEqual(Array.from({ length: 5 }, () => Number.NaN))
  })
})

describe('a node in a snapshot', () => {
  it('has its link and since when, its facts, opt-ins and tallies', () => {
    const store = createStore()
    const status = {
      name: 'dns-capture',
      asked: true,
      command: clean('tcpdump'),
      state: 'running',
      detail: clean(''),
    } as const
    const tally = {
      type: 'tally',
      node: worker,
      what: 'lookup-names',
      at: 5000,
      seconds: 1,
      rows: [{ name: clean('a.b.'), count: 3 }],
      left: 0,
    } as const
    store.apply([
      link(1, 'connecting'),
      link(2, 'live'),
      link(4, 'live', worker, 'lease renewed'),
      { type: 'opt-in', node: worker, status },
      tally,
    ])
    store.apply([{ type: 'fact', subject: { node: worker }, fact: 'kernel.release', value: clean('6.1.0') }, clock(5)])
    const view = store.snapshot().nodes.get(worker)
    expect(view?.link).toMatchObject({ state: 'live', cause: 'lease renewed' })
    expect(view?.linkSince).toBe(epoch + 2000)
    expect(view?.facts.get('kernel.release')).toBe('6.1.0')
    expect(view?.optIns.get('dns-capture')).toEqual(status)
    expect(view?.tallies.get('lookup-names')).toEqual(tally)
  })

  it('is away since it was first not live, however often it is tried meanwhile', () => {
    const store = createStore()
    const since = (...events: readonly Event[]): number => {
      store.apply([...events, clock(100)])
      return ((store.snapshot().nodes.get(worker)?.linkSince ?? Number.NaN) - epoch) / 1000
    }
    expect(since(link(1, 'connecting'))).toBe(1)
    // It never was live: since it was first not reached.
    expect(since(link(3, 'lost'))).toBe(3)
    expect(since(link(5, 'connecting'), link(6, 'lost'))).toBe(3)
    expect(since(link(8, 'connecting'))).toBe(3)
    expect(since(link(9, 'live'))).toBe(9)
    expect(since(link(20, 'no-data'), link(25, 'lost'), link(26, 'connecting'), link(27, 'denied'))).toBe(20)
    expect(since(link(30, 'connecting'), link(31, 'not-asked'))).toBe(31)
    expect(since(link(40, 'connecting'))).toBe(40)
  })

  it('knows how old its newest figure is, and a gap is no figure', () => {
    const store = createStore()
    store.apply([link(0, 'live'), clock(1)])
    expect(store.snapshot().nodes.get(worker)?.newest).toBeNaN()
    store.apply([sample(2, 'conntrack.fill', 5), sample(4, 'rtt.p50', 1), clock(5)])
    const before = store.snapshot()
    store.apply([sample(5, 'rtt.p50', Number.NaN), clock(9)])
    expect(store.snapshot().nodes.get(worker)?.newest).toBe(7)
    expect(before.nodes.get(worker)?.newest).toBe(1)
    store.apply([origin('conntrack.fill', { missing: 'denied', advice: clean('no right') })])
    expect(store.snapshot().nodes.get(worker)?.newest).toBeNaN()
  })

  it('stands in the order in which nodes were first heard of', () => {
    const store = createStore()
    store.apply(['z', 'a', 'm'].map((name) => link(0, 'connecting', nodeName(name))))
    expect([...store.snapshot().nodes.keys()]).toEqual(['z', 'a', 'm'])
  })
})

describe('kntop itself', () => {
  it('is what its last own event said', () => {
    const store = createStore()
    expect(store.snapshot().self).toBeUndefined()
    store.apply([{ type: 'self', cpu: 3, memory: 140e6 }])
    expect(store.snapshot().self).toEqual({ cpu: 3, memory: 140e6 })
  })
})

describe('a node that is gone', () => {
  it('is in no snapshot from then on, and stays in those taken before', () => {
    const store = createStore()
    store.apply([sample(1, 'conntrack.fill', 95), link(1, 'live'), clock(1)])
    const before = store.snapshot()
    store.apply([{ type: 'node-gone', node: worker }, clock(2)])
    expect(store.snapshot().nodes.size).toBe(0)
    expect(store.snapshot().crossings).toEqual([])
    expect(before.nodes.get(worker)?.value('conntrack.fill')).toBe(95)
    // Its history has made room for others: gaps, and never their values.
    store.apply([sample(3, 'conntrack.fill', 7, {}, nodeName('b'))])
    expect(before.series(worker, 'conntrack.fill', 60).values).not.toContain(7)
  })

  it('begins anew when it comes back', () => {
    const store = createStore()
    store.apply([sample(1, 'conntrack.fill', 95), link(1, 'live'), clock(1)])
    store.apply([{ type: 'node-gone', node: worker }])
    store.apply([sample(9, 'conntrack.fill', 5), link(9, 'live'), clock(9)])
    const { values } = store.snapshot().series(worker, 'conntrack.fill', 60)
    expect(values.filter((value) => !Number.isNaN(value))).toEqual(Float32Array.of(5))
  })
})
