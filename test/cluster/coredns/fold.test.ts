import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type CorednsReading,
  type CorednsReadings,
  corednsIds,
  corednsStart,
  foldCoredns,
} from '../../../source/cluster/coredns/fold.ts'
import { corednsPage } from '../../../source/cluster/coredns/page.ts'
import { pageOf } from './pages.ts'

/** What is read of pods on one node, round after round, ten seconds apart: texts by pod. */
const rounds = (...texts: readonly Readonly<Record<string, string>>[]): CorednsReadings =>
  roundsAt(...texts.map((pods, index) => [index * 10, pods] as const))

/** The same, each with its second. */
const roundsAt = (...texts: readonly (readonly [number, Readonly<Record<string, string>>])[]): CorednsReadings => {
  let state = corednsStart
  let readings: CorednsReadings | undefined
  for (const [at, pods] of texts) {
    const scraped = Object.entries(pods).map(([pod, text]) => {
      const page = corednsPage(text)
      if (page === undefined) throw new Error('no page')
      return { pod, at, page }
    })
    ;({ state, readings } = foldCoredns(state, scraped, Object.keys(pods)))
  }
  if (readings === undefined) throw new Error('no rounds')
  return readings
}

const valueOf = (reading: CorednsReading): number => ('missing' in reading ? Number.NEGATIVE_INFINITY : reading.value)

describe("CoreDNS's own figures", () => {
  test('are what grew since the last page, of all pods of the node', () => {
    const found = rounds(
      { a: pageOf({ noerror: 1000, hits: 500, misses: 500 }), b: pageOf({ noerror: 10 }) },
      {
        a: pageOf({ noerror: 1060, nxdomain: 30, servfail: 10, hits: 530, misses: 510 }),
        b: pageOf({ noerror: 110 }),
      },
    )
    expect(valueOf(found['coredns.queries'])).toBeCloseTo(20, 9)
    expect(found['coredns.nxdomain_share']).toMatchObject({ value: 15, observations: 200, window: 10 })
    expect(valueOf(found['coredns.servfail_share'])).toBeCloseTo(5, 9)
    expect(found['coredns.cache_hit_share']).toMatchObject({ value: 75, observations: 40 })
  })

  test.each([false, true])('are the same by the names of before 1.7: %s', (before17) => {
    const found = rounds({ a: pageOf({ noerror: 5 }, before17) }, { a: pageOf({ noerror: 5, nxdomain: 20 }, before17) })
    expect(valueOf(found['coredns.queries'])).toBeCloseTo(2, 9)
    expect(valueOf(found['coredns.nxdomain_share'])).toBe(100)
  })

  test('are those of all pods also where these are of two versions, with other names and other buckets', () => {
    const newer = (counts: Parameters<typeof pageOf>[0]): string =>
      pageOf(counts).replaceAll('le="0.00025"', 'le="0.0005"')
    const found = rounds(
      { old: pageOf({ noerror: 1, fast: 0 }, true), new: newer({ noerror: 1 }) },
      { old: pageOf({ noerror: 601, fast: 0 }, true), new: newer({ noerror: 601 }) },
    )
    expect(valueOf(found['coredns.queries'])).toBeCloseTo(120, 9)
    // Half of all took less than a millisecond: with one pod alone it were all or none.
    expect(found['coredns.latency_p50']).toMatchObject({ value: 1, observations: 1200, bound: -1 })
    expect(valueOf(found['coredns.latency_p99'])).toBeGreaterThan(100)
  })

  test('have no percentile where two versions have no bucket in common', () => {
    const other = (counts: Parameters<typeof pageOf>[0]): string =>
      pageOf(counts).replaceAll(/le="(0\.\d+)"/g, (_, edge: string) => `le="${Number(edge) * 3}"`)
    const found = rounds(
      { old: pageOf({ noerror: 1 }), new: other({ noerror: 1 }) },
      { old: pageOf({ noerror: 901 }), new: other({ noerror: 901 }) },
    )
    expect(found['coredns.latency_p50']).toEqual({
      missing: 'no-data',
      advice: 'its pods of CoreDNS have no bucket in common',
    })
  })

  test('are a gap at first, and after a restart, and never a spike', () => {
    expect(valueOf(rounds({ a: pageOf({ noerror: 9000 }) })['coredns.queries'])).toBeNaN()
    const restarted = rounds({ a: pageOf({ noerror: 9000 }) }, { 'a 1': pageOf({ noerror: 50 }) })
    expect(valueOf(restarted['coredns.queries'])).toBeNaN()
    const back = rounds({ a: pageOf({ noerror: 9000 }) }, { a: pageOf({ noerror: 50 }) })
    expect(valueOf(back['coredns.queries'])).toBeNaN()
  })

  test('are no share where nothing was answered, and none of a cache that is not there', () => {
    const idle = rounds({ a: pageOf({ noerror: 9 }) }, { a: pageOf({ noerror: 9 }) })
    expect(valueOf(idle['coredns.queries'])).toBe(0)
    expect(valueOf(idle['coredns.nxdomain_share'])).toBeNaN()
    const without = (count: number): string => pageOf({ noerror: count }).replaceAll(/^coredns_cache.*$/gm, '')
    expect(rounds({ a: without(1) }, { a: without(9) })['coredns.cache_hit_share']).toMatchObject({
      missing: 'not-applicable',
    })
  })

  test('are a share of the caches that there are, where only one of the pods has counted in its own', () => {
    const without = (noerror: number): string => pageOf({ noerror }).replaceAll(/^coredns_cache.*$/gm, '')
    const cached = (hits: number): string => pageOf({ noerror: 100 + hits, hits, misses: 10 })
    const found = rounds({ a: cached(0), b: without(5) }, { a: cached(30), b: without(9) })
    expect(found['coredns.cache_hit_share']).toMatchObject({ value: 100, observations: 30 })
    // What counts nothing yet tells nothing of its Corefile.
    const idle = 'coredns_build_info{version="1.14.7"} 1'
    expect(valueOf(rounds({ a: idle }, { a: idle })['coredns.cache_hit_share'])).toBeNaN()
  })

  test('are percentiles once there are enough questions, below the first bucket said to be so', () => {
    const few = rounds({ a: pageOf({ noerror: 0 + 1 }) }, { a: pageOf({ noerror: 300 }) })
    expect(few['coredns.latency_p99']).toEqual({
      missing: 'no-data',
      advice: '299 of 500 questions within five minutes',
    })
    expect(few['coredns.latency_p50']).toMatchObject({ value: 0.25, bound: -1 })
    const slow = rounds({ a: pageOf({ noerror: 1, fast: 1 }) }, { a: pageOf({ noerror: 1001, fast: 901 }) })
    const p99 = valueOf(slow['coredns.latency_p99'])
    expect(p99).toBeGreaterThan(100)
    expect(p99).toBeLessThanOrEqual(128)
  })

  test.each(['coredns.latency_p50', 'coredns.latency_p99'] as const)(
    'are a gap where nothing grew, however much did before: %s',
    (id) => {
      const before = [{ a: pageOf({ noerror: 1 }) }, { a: pageOf({ noerror: 1001, fast: 901 }) }] as const
      expect(valueOf(rounds(...before)[id])).toBeGreaterThan(0)
      expect(valueOf(rounds(...before, { b: pageOf({ noerror: 5000 }) })[id])).toBeNaN()
      expect(valueOf(rounds(...before, { a: pageOf({ noerror: 5 }) })[id])).toBeNaN()
      const hour = roundsAt([0, before[0]], [10, before[1]], [3610, { a: pageOf({ noerror: 9000 }) }])
      expect(valueOf(hour[id])).toBeNaN()
    },
  )

  test('are percentiles of the last five minutes by the clock, whatever was read in between', () => {
    const slow = { a: pageOf({ noerror: 1001, fast: 1 }) }
    const page = (noerror: number): string => pageOf({ noerror, fast: noerror - 1000 })
    const after = (seconds: number): CorednsReadings =>
      roundsAt(
        [0, { a: pageOf({ noerror: 1 }) }],
        [10, slow],
        [seconds - 10, { a: page(1002) }],
        [seconds, { a: page(1202) }],
      )
    expect(after(200)['coredns.latency_p99']).toMatchObject({ observations: 1201, window: 200 })
    expect(after(3600)['coredns.latency_p99']).toMatchObject({ advice: '200 of 500 questions within five minutes' })
    expect(after(3600)['coredns.latency_p50']).toMatchObject({ value: 0.25, observations: 200, window: 10 })
  })

  test('are no percentiles of earlier where no durations are counted any more', () => {
    const without = pageOf({ noerror: 2000 }).replaceAll(/^coredns_dns_request_duration.*$/gm, '')
    const found = rounds({ a: pageOf({ noerror: 1 }) }, { a: pageOf({ noerror: 1001 }) }, { a: without })
    expect(found['coredns.latency_p50']).toEqual({
      missing: 'no-data',
      advice: '0 of 10 questions within five minutes',
    })
  })

  test('are never below nothing, nor a share above all, whatever pages say', () => {
    const count = fc.integer({ min: 0, max: 5000 })
    const page = fc.record({ noerror: count, nxdomain: count, servfail: count, hits: count, misses: count })
    fc.assert(
      fc.property(fc.array(page, { minLength: 2, maxLength: 6 }), (pages) => {
        const found = rounds(...pages.map((counts) => ({ a: pageOf(counts) })))
        for (const id of corednsIds) {
          const reading = found[id]
          const value = 'missing' in reading ? Number.NaN : reading.value
          const most = id.endsWith('share') ? 100 : Number.POSITIVE_INFINITY
          expect(Number.isNaN(value) || (value >= 0 && value <= most), `${id} ${value}`).toBe(true)
        }
      }),
    )
  })
})

describe('a page', () => {
  test('of something else is none', () => {
    expect(corednsPage('')).toBeUndefined()
    expect(corednsPage('<html>coredns_dns_requests_total 5</html>\nup 1\n')).toBeUndefined()
  })

  test('is read whatever is in it', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.constantFrom(
              'coredns_dns_requests_total{} 5',
              'coredns_x{a="b} 1',
              'coredns_dns_request_duration_seconds_bucket{le="x"} 3',
            ),
          ),
        ),
        (lines) => {
          const page = corednsPage(lines.join('\n'))
          expect(page?.queries ?? 0).toBeGreaterThanOrEqual(0)
        },
      ),
    )
  })
})
