/**
 * A histogram as Prometheus keeps it: `counts[i]` observations were at or below `edges[i]`. Edges ascend and end in
 * Infinity, so that the last count is that of all observations. `sum` is in the unit of the edges.
 */
export interface Histogram {
  readonly edges: readonly number[]
  readonly counts: readonly number[]
  readonly sum: number
}

/** A percentile: -1 the true value lies below `value`, 1 above it, 0 it is interpolated. */
export interface Quantile {
  readonly value: number
  readonly bound: -1 | 0 | 1
}

/** How many observations a histogram holds. */
export const observationsIn = (histogram: Histogram): number => histogram.counts.at(-1) ?? 0

/** Mean of the observations in the unit of the edges; NaN where there are none. */
export const mean = (histogram: Histogram): number => {
  const count = observationsIn(histogram)
  return count > 0 ? histogram.sum / count : Number.NaN
}

/**
 * Share of observations above one of the edges, 0 to 100. NaN where there are no observations, or where `bound` is not an
 * edge: between two edges nothing is known.
 */
export const shareAbove = (histogram: Histogram, bound: number): number => {
  const count = observationsIn(histogram)
  const below = histogram.counts[histogram.edges.indexOf(bound)]
  return count > 0 && below !== undefined ? (100 * (count - below)) / count : Number.NaN
}

/**
 * The percentile of a rank (0 to 100), linearly interpolated within its bucket as histogram_quantile() of Prometheus
 * does, except in the first bucket: nothing is known below its edge, so the edge is given with bound -1. Above the last
 * finite edge that edge is given with bound 1. NaN where there are no observations.
 */
export const percentile = (histogram: Histogram, rank: number): Quantile => {
  const { edges, counts } = histogram
  const wanted = (observationsIn(histogram) * rank) / 100
  const bucket = observationsIn(histogram) > 0 ? counts.findIndex((count) => count >= wanted && count > 0) : -1
  const upper = edges[bucket]
  const count = counts[bucket]
  if (upper === undefined || count === undefined) return { value: Number.NaN, bound: 0 }
  const lower = edges[bucket - 1]
  if (upper === Number.POSITIVE_INFINITY) return { value: lower ?? Number.NaN, bound: 1 }
  if (lower === undefined) return { value: upper, bound: -1 }
  const before = counts[bucket - 1] ?? 0
  return { value: lower + ((upper - lower) * (wanted - before)) / (count - before), bound: 0 }
}

/** Whether the buckets of both are the same, so that they can be compared and added up. */
export const sameEdges = (one: Histogram, other: Histogram): boolean =>
  one.edges.length === other.edges.length && one.edges.every((edge, index) => edge === other.edges[index])

/**
 * What was observed between two readings of a cumulative histogram. Undefined: it was reset between them (a bucket or the
 * sum went back), or its buckets are others.
 */
export const growth = (before: Histogram, after: Histogram): Histogram | undefined => {
  if (!sameEdges(before, after)) return undefined
  const counts = after.counts.map((count, index) => count - (before.counts[index] ?? 0))
  const sum = after.sum - before.sum
  const ascends = counts.every((count, index) => count >= (counts[index - 1] ?? 0))
  return ascends && sum >= 0 ? { edges: after.edges, counts, sum } : undefined
}

/** What was observed in an interval of so many seconds. */
export interface Grown {
  readonly seconds: number
  readonly histogram: Histogram
}

/** Growths that followed one another, newest last. */
export type GrowthWindow = readonly Grown[]

/** The longest window behind a percentile or a share, in seconds. */
export const longestWindow = 300

/** Adds the newest growth, and forgets what lies more than {@link longestWindow} seconds back. */
export const remember = <One extends Grown>(window: readonly One[], newest: One): readonly One[] => {
  const kept: One[] = []
  let seconds = 0
  for (const grown of [...window, newest].toReversed()) {
    seconds += grown.seconds
    if (seconds > longestWindow || !sameEdges(grown.histogram, newest.histogram)) break
    kept.unshift(grown)
  }
  return kept
}

/** The observations of both, which have the same edges: see {@link sameEdges}. */
export const add = (one: Histogram, other: Histogram): Histogram => ({
  edges: one.edges,
  counts: one.counts.map((count, index) => count + (other.counts[index] ?? 0)),
  sum: one.sum + other.sum,
})

/**
 * The observations of both by the edges that both have: counts are cumulative, so at each of those the sum is exact. Infinity
 * always is one; between two edges that are left less is known than before.
 */
export const addByCommonEdges = (one: Histogram, other: Histogram): Histogram => {
  if (sameEdges(one, other)) return add(one, other)
  const edges = one.edges.filter((edge) => other.edges.includes(edge))
  const upTo = ({ edges: own, counts }: Histogram, edge: number): number => counts[own.indexOf(edge)] ?? 0
  return { edges, counts: edges.map((edge) => upTo(one, edge) + upTo(other, edge)), sum: one.sum + other.sum }
}

/**
 * The newest growths, added up, as far back as it takes to hold `least` observations; the whole window where it holds
 * fewer. Undefined for an empty window.
 */
export const recent = (window: GrowthWindow, least: number): Grown | undefined => {
  let sum: Grown | undefined
  for (const grown of window.toReversed()) {
    if (sum !== undefined && observationsIn(sum.histogram) >= least) break
    sum =
      sum === undefined
        ? grown
        : { seconds: sum.seconds + grown.seconds, histogram: add(sum.histogram, grown.histogram) }
  }
  return sum
}

/** How many observations a percentile of this whole rank needs: five beyond it, so p50 10 and p99 500. */
export const observationsFor = (rank: number): number => Math.ceil(500 / (100 - rank))
