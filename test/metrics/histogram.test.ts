import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  add,
  addByCommonEdges,
  growth,
  type Histogram,
  longestWindow,
  mean,
  observationsFor,
  observationsIn,
  percentile,
  recent,
  remember,
  sameEdges,
  shareAbove,
} from '../../source/metrics/histogram.ts'

const edges = [1, 2, 4, 8, Number.POSITIVE_INFINITY]

const of = (...values: readonly number[]): Histogram => ({
  edges,
  counts: edges.map((edge) => values.filter((value) => value <= edge).length),
  sum: values.reduce((sum, value) => sum + value, 0),
})

const values = fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { minLength: 1, maxLength: 200 })

describe('a histogram', () => {
  it('has the mean of its observations, and none when it is empty', () => {
    expect(mean(of(1, 2, 6))).toBe(3)
    expect(mean(of())).toBeNaN()
  })

  it('knows the share above an edge, and nothing of what lies between edges', () => {
    expect(shareAbove(of(1, 3, 9, 10), 8)).toBe(50)
    expect(shareAbove(of(1, 3, 9, 10), 5)).toBeNaN()
    expect(shareAbove(of(), 8)).toBeNaN()
  })

  it('says exactly how many observations lie above an edge', () => {
    fc.assert(
      fc.property(values, fc.constantFrom(1, 2, 4, 8), (list, edge) => {
        const above = list.filter((value) => value > edge).length
        expect(shareAbove(of(...list), edge)).toBeCloseTo((100 * above) / list.length, 9)
      }),
    )
  })
})

describe('two histograms', () => {
  it('add up to that of all observations', () => {
    fc.assert(
      fc.property(values, values, (one, other) => {
        const both = add(of(...one), of(...other))
        expect(both).toEqual({ ...of(...one, ...other), sum: both.sum })
        expect(both.sum).toBeCloseTo(of(...one, ...other).sum, 6)
      }),
    )
  })

  it('of other buckets add up exactly at the edges that both have', () => {
    const infinity = Number.POSITIVE_INFINITY
    const coarse = [2, 3, 8, infinity]
    const within = (bounds: readonly number[], list: readonly number[]): Histogram => ({
      edges: bounds,
      counts: bounds.map((edge) => list.filter((value) => value <= edge).length),
      sum: list.reduce((sum, value) => sum + value, 0),
    })
    fc.assert(
      fc.property(values, values, (one, other) => {
        const both = addByCommonEdges(of(...one), within(coarse, other))
        expect(both).toEqual({ ...within([2, 8, infinity], [...one, ...other]), sum: both.sum })
        expect(both.sum).toBeCloseTo(of(...one, ...other).sum, 6)
        expect(addByCommonEdges(of(...one), of(...other))).toEqual(add(of(...one), of(...other)))
      }),
    )
  })

  it('can be added up where their buckets are the same, whatever is in them', () => {
    const infinity = Number.POSITIVE_INFINITY
    const empty = (...bounds: readonly number[]): Histogram => ({ edges: bounds, counts: bounds.map(() => 0), sum: 0 })
    expect(sameEdges(of(1), of(5, 6))).toBe(true)
    expect(sameEdges(empty(1, 2, infinity), empty(1, 3, infinity))).toBe(false)
    expect(sameEdges(empty(1, 2, infinity), empty(1, infinity))).toBe(false)
    expect(sameEdges(empty(1, infinity), empty(1, 2, infinity))).toBe(false)
  })
})

describe('a percentile', () => {
  it('is interpolated within its bucket, as Prometheus does', () => {
    // Ten observations between 2 and 4: the fifth stands in the middle.
    expect(percentile(of(...Array.from({ length: 10 }, () => 3)), 50)).toEqual({ value: 3, bound: 0 })
    expect(percentile(of(0.5, 1.5, 3, 3, 6), 80)).toEqual({ value: 4, bound: 0 })
  })

  it('is only known to lie below the edge of the first bucket', () => {
    expect(percentile(of(0.1, 0.2, 0.3, 7), 50)).toEqual({ value: 1, bound: -1 })
  })

  it('is only known to lie above the last finite edge', () => {
    expect(percentile(of(1, 30, 40), 99)).toEqual({ value: 8, bound: 1 })
  })

  it('is not there without observations', () => {
    expect(percentile(of(), 50)).toEqual({ value: Number.NaN, bound: 0 })
    expect(percentile({ edges: [], counts: [], sum: 0 }, 50)).toEqual({ value: Number.NaN, bound: 0 })
  })

  it('never leaves the bucket in which the true percentile lies', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 100 }), (list, rank) => {
        const exact = list.toSorted((a, b) => a - b)[Math.ceil((list.length * rank) / 100) - 1] ?? Number.NaN
        const { value, bound } = percentile(of(...list), rank)
        const bucket = edges.findIndex((edge) => exact <= edge)
        const [lower, upper] = [edges[bucket - 1], edges[bucket]]
        expect(bound).toBe(lower === undefined ? -1 : upper === Number.POSITIVE_INFINITY ? 1 : 0)
        expect(value).toBeGreaterThanOrEqual(lower ?? 0)
        expect(value).toBeLessThanOrEqual(upper ?? Number.NaN)
      }),
    )
  })

  it('needs five observations beyond it', () => {
    expect([50, 90, 99].map(observationsFor)).toEqual([10, 50, 500])
  })
})

describe('the growth of a histogram', () => {
  it('is what was observed between two readings', () => {
    fc.assert(
      fc.property(values, values, (before, since) => {
        const grown = growth(of(...before), of(...before, ...since))
        expect(grown?.counts).toEqual(of(...since).counts)
        expect(grown?.sum).toBeCloseTo(of(...since).sum, 6)
      }),
    )
  })

  it('is unknown after a reset, also one that leaves more observations than before', () => {
    expect(growth(of(1, 2, 3), of(1))).toBeUndefined()
    expect(growth(of(1, 1, 1), of(9, 9, 9, 9))).toBeUndefined()
    expect(growth({ ...of(1), sum: 5 }, { ...of(1, 1), sum: 2 })).toBeUndefined()
  })

  it('is unknown between histograms with other buckets', () => {
    expect(growth(of(1), { edges: [1, Number.POSITIVE_INFINITY], counts: [2, 2], sum: 2 })).toBeUndefined()
  })
})

describe('a window of growths', () => {
  const grown = (seconds: number, ...list: readonly number[]) => ({ seconds, histogram: of(...list) })

  it('reaches back only as far as the wanted observations ask for', () => {
    const window = [grown(10, 9, 9, 9), grown(10, 1, 1), grown(10, 2, 2)]
    expect(recent(window, 2)).toEqual(grown(10, 2, 2))
    expect(recent(window, 3)).toEqual(grown(20, 2, 2, 1, 1))
    expect(recent(window, 100)).toEqual(grown(30, 2, 2, 1, 1, 9, 9, 9))
    expect(recent([], 1)).toBeUndefined()
  })

  it('forgets what lies more than five minutes back', () => {
    let window = remember([], grown(10, 1))
    for (let run = 0; run < 100; run += 1) window = remember(window, grown(10, 1))
    expect(window).toHaveLength(longestWindow / 10)
    expect(observationsIn(recent(window, 1000)?.histogram ?? of())).toBe(30)
  })

  it('starts again when the buckets change', () => {
    const other = { seconds: 10, histogram: { edges: [5, Number.POSITIVE_INFINITY], counts: [1, 1], sum: 1 } }
    expect(remember([grown(10, 1)], other)).toEqual([other])
  })
})
