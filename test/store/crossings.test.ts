import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { severity } from '../../source/metrics/metric.ts'
import { createStore } from '../../source/store/store.ts'
import { clean } from '../../source/text/clean.ts'
import { clock, epoch, feed, link, nodeName, origin, sample, source, worker } from './events.ts'

const full = () => 95

describe('crossings', () => {
  it('name node, metric, value, band, and since when', () => {
    const store = createStore()
    feed(store, 'conntrack.fill', 100, 110, full)
    expect(store.snapshot().crossings).toEqual([
      { node: worker, metric: 'conntrack.fill', value: 95, peak: 95, band: 'critical', since: epoch + 103_000 },
    ])
  })

  it('keep the worst value, also over a gap, and say when they are ending', () => {
    const store = createStore()
    feed(store, 'conntrack.fill', 0, 10, (second) => (second < 5 ? 95 : 91))
    expect(store.snapshot().crossings).toMatchObject([{ value: 91, peak: 95 }])
    expect(store.snapshot().crossings[0]).not.toHaveProperty('ending')
    store.apply([sample(11, 'conntrack.fill', Number.NaN), clock(11), sample(12, 'conntrack.fill', 60), clock(12)])
    expect(store.snapshot().crossings).toMatchObject([{ value: 60, peak: 95, ending: true }])
    feed(store, 'conntrack.fill', 13, 40, () => 60)
    feed(store, 'conntrack.fill', 41, 50, () => 92)
    expect(store.snapshot().crossings).toMatchObject([{ value: 92, peak: 92 }])
  })

  it('of what is worse the lower keep the lowest', () => {
    const low = { raise: 900, clear: 1200, hold: 0, linger: 30, origin: 'a person' }
    const store = createStore({ thresholds: { 'conntrack.time_to_full': { warning: low } } })
    for (const [second, left] of [800, 600, 1300].entries())
      store.apply([sample(second, 'conntrack.time_to_full', left), clock(second)])
    expect(store.snapshot().crossings).toMatchObject([{ value: 1300, peak: 600, ending: true }])
  })

  it('come worst first, then oldest', () => {
    const store = createStore()
    const begun = [40, 30, 20, 10]
    const fills = [82, 95, 82, 95]
    for (let second = 0; second <= 45; second++) {
      for (const [index, name] of ['a', 'b', 'c', 'd'].entries()) {
        const fill = second < (begun[index] ?? 0) ? 10 : (fills[index] ?? 0)
        store.apply([sample(second, 'conntrack.fill', fill, {}, nodeName(name)), clock(second)])
      }
    }
    expect(store.snapshot().crossings.map(({ node }) => node)).toEqual(['d', 'b', 'c', 'a'])
  })

  it('are in that order whatever is measured, and agree with the readings', () => {
    const fills = fc.array(fc.integer({ min: 60, max: 100 }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(fc.array(fills, { minLength: 1, maxLength: 6 }), (runs) => {
        const store = createStore()
        for (const [index, run] of runs.entries()) {
          for (const [second, fill] of run.entries()) {
            store.apply([sample(second, 'conntrack.fill', fill, {}, nodeName(`n${index}`))])
          }
        }
        store.apply([clock(3)])
        const snapshot = store.snapshot()
        const { crossings, nodes } = snapshot
        for (let most = 0; most <= crossings.length + 1; most++)
          expect(snapshot.firstCrossings(most)).toMatchObject({
            first: crossings.slice(0, most),
            total: crossings.length,
          })
        const rank = crossings.map(({ band, since }) => severity(band) * 1e15 - since)
        expect(rank).toEqual(rank.toSorted((a, b) => b - a))
        const standing = [...nodes.values()].filter((node) => {
          const reading = node.reading('conntrack.fill')
          return reading.kind === 'live' && severity(reading.band) >= severity('warning')
        })
        expect(new Set(crossings.map(({ node }) => node))).toEqual(new Set(standing.map(({ name }) => name)))
      }),
      { numRuns: 50 },
    )
  })

  it('hold no note, no stale figure, and nothing of a node that is not watched', () => {
    const store = createStore()
    feed(store, 'conntrack.fill', 0, 10, () => 72)
    expect(store.snapshot().nodes.get(worker)?.reading('conntrack.fill')).toMatchObject({ band: 'note' })
    expect(store.snapshot().crossings).toEqual([])
    feed(store, 'conntrack.fill', 11, 20, full)
    expect(store.snapshot().crossings).toHaveLength(1)
    store.apply([clock(60)])
    expect(store.snapshot().crossings).toEqual([])
    feed(store, 'conntrack.fill', 61, 70, full)
    store.apply([link(70, 'lost')])
    expect(store.snapshot().crossings).toEqual([])
    expect(store.snapshot().nodes.get(worker)?.reading('conntrack.fill')).toMatchObject({ band: 'critical' })
  })

  it('end with the figure: a gap, or a metric that went missing, stands in no band', () => {
    const store = createStore()
    feed(store, 'conntrack.fill', 0, 10, full)
    store.apply([sample(11, 'conntrack.fill', Number.NaN), clock(11)])
    expect(store.snapshot().crossings).toEqual([])
    store.apply([sample(12, 'conntrack.fill', 95), clock(12)])
    expect(store.snapshot().crossings).toMatchObject([{ since: epoch + 3000 }])
    store.apply([origin('conntrack.fill', { missing: 'no-kernel', advice: clean('the module is gone') })])
    expect(store.snapshot().crossings).toEqual([])
  })

  it('never come from an origin that is not judged', () => {
    const store = createStore()
    store.apply([origin('conntrack.fill', source('netfilter only', { unjudged: true }))])
    feed(store, 'conntrack.fill', 0, 20, full)
    expect(store.snapshot().crossings).toEqual([])
    store.apply([origin('conntrack.fill', source('netfilter only'))])
    feed(store, 'conntrack.fill', 21, 30, full)
    expect(store.snapshot().crossings).toHaveLength(1)
    store.apply([origin('conntrack.fill', source('netfilter only', { unjudged: true }))])
    expect(store.snapshot().crossings).toEqual([])
  })

  it('of a share need the least denominator of the catalogue', () => {
    const raised = (observations: number | undefined): number => {
      const store = createStore()
      for (let second = 0; second < 20; second++) {
        const behind = observations === undefined ? {} : { observations }
        store.apply([sample(second, 'dns.servfail_share', 50, behind), clock(second)])
      }
      return store.snapshot().crossings.length
    }
    expect([raised(undefined), raised(0), raised(49), raised(50)]).toEqual([0, 0, 0, 1])
  })

  it('follow the levels that were set', () => {
    const low = { raise: 10, clear: 5, hold: 0, linger: 0, origin: 'a person' }
    const store = createStore({ thresholds: { 'conntrack.fill': { warning: low } } })
    store.apply([sample(0, 'conntrack.fill', 12), clock(0)])
    expect(store.snapshot().crossings).toMatchObject([{ band: 'warning' }])
    expect(store.snapshot().levels('conntrack.fill')).toEqual({ warning: low })
  })
})

describe('the worst band of a node', () => {
  it('is that of its live figures', () => {
    const store = createStore()
    feed(store, 'cpu.steal', 0, 10, () => 6)
    feed(store, 'conntrack.fill', 0, 10, () => 82)
    expect(store.snapshot().worst(worker)).toBe('warning')
    store.apply([clock(60)])
    expect(store.snapshot().worst(worker)).toBe('ok')
  })

  it.each(['lost', 'denied', 'backing-off', 'no-data'] as const)('is critical when the link is %s', (state) => {
    const store = createStore()
    store.apply([link(0, 'live'), link(1, state), clock(2)])
    expect(store.snapshot().worst(worker)).toBe('critical')
  })

  it('does not flicker while connecting is tried again and again, and is calm on the first try', () => {
    const store = createStore()
    store.apply([link(0, 'connecting'), clock(0)])
    expect(store.snapshot().worst(worker)).toBe('ok')
    store.apply([link(1, 'backing-off'), link(5, 'connecting'), clock(5)])
    expect(store.snapshot().worst(worker)).toBe('critical')
    store.apply([link(6, 'live'), clock(6)])
    expect(store.snapshot().worst(worker)).toBe('ok')
  })

  it('of an unknown node is ok', () => {
    expect(createStore().snapshot().worst(worker)).toBe('ok')
  })
})
