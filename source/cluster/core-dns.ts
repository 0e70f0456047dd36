import { edgeOf, sampleIn } from '../metrics/exposition.ts'
import {
  type GrowthWindow,
  growth,
  type Histogram,
  longestWindow,
  observationsFor,
  observationsIn,
  percentile,
  recent,
  remember,
} from '../metrics/histogram.ts'

/** What one CoreDNS has counted since its start. */
export interface CoreDnsCounts {
  readonly queries: number
  readonly responses: number
  readonly nxdomain: number
  readonly servfail: number
  /** 0 both where there is no cache. */
  readonly hits: number
  readonly misses: number
  /** Seconds. */
  readonly latency: Histogram
}

/** What is kept between two readings. */
export interface CoreDnsState {
  readonly last: CoreDnsCounts | undefined
  readonly window: GrowthWindow
}

/** A figure: NaN is a gap. `observations`: what it rests on; for a share its denominator. `window`: seconds that it covers. */
export interface CoreDnsFigure {
  readonly value: number
  readonly observations: number
  readonly window: number
  /** -1 the true value lies below, 1 above, 0 it is the value. */
  readonly bound: -1 | 0 | 1
}

/** By the metric ids of the catalogue's names: lookups a second, shares in percent, latencies in ms. */
export interface CoreDnsFigures {
  readonly 'coredns.queries': CoreDnsFigure
  readonly 'coredns.nxdomain_share': CoreDnsFigure
  readonly 'coredns.servfail_share': CoreDnsFigure
  readonly 'coredns.latency_p50': CoreDnsFigure
  readonly 'coredns.latency_p99': CoreDnsFigure
  readonly 'coredns.cache_hit_share': CoreDnsFigure
}

export const startCoreDns: CoreDnsState = { last: undefined, window: [] }

type Counter = 'queries' | 'responses' | 'hits' | 'misses'

/** Names since CoreDNS 1.7, and those before it. */
const counters: Readonly<Record<string, Counter>> = {
  coredns_dns_requests_total: 'queries',
  coredns_dns_request_count_total: 'queries',
  coredns_dns_responses_total: 'responses',
  coredns_dns_response_rcode_count_total: 'responses',
  coredns_cache_hits_total: 'hits',
  coredns_cache_misses_total: 'misses',
}
const duration = 'coredns_dns_request_duration_seconds'

/**
 * What the metrics page of a CoreDNS says, added up over its servers, zones and views. Undefined where it is no such page: no
 * queries are counted, or their durations make no histogram.
 */
export const countsIn = (text: string): CoreDnsCounts | undefined => {
  const counts = { queries: Number.NaN, responses: 0, hits: 0, misses: 0 }
  const codes = new Map<string, number>()
  const buckets = new Map<number, number>()
  let sum = 0
  for (const line of text.split('\n')) {
    if (!line.startsWith('coredns_')) continue
    const found = sampleIn(line)
    if (found === undefined) continue
    const { name, labels, value } = found
    const counter = counters[name]
    if (counter !== undefined) {
      counts[counter] = (Number.isNaN(counts[counter]) ? 0 : counts[counter]) + value
      const code = labels.get('rcode')
      if (code !== undefined) codes.set(code, (codes.get(code) ?? 0) + value)
    } else if (name === `${duration}_bucket`) {
      buckets.set(edgeOf(labels), (buckets.get(edgeOf(labels)) ?? 0) + value)
    } else if (name === `${duration}_sum`) sum += value
  }
  const latency = histogramOf(buckets, sum)
  if (latency === undefined || !Number.isFinite(counts.queries)) return undefined
  return { ...counts, nxdomain: codes.get('NXDOMAIN') ?? 0, servfail: codes.get('SERVFAIL') ?? 0, latency }
}

const histogramOf = (buckets: ReadonlyMap<number, number>, sum: number): Histogram | undefined => {
  const edges = [...buckets.keys()].toSorted((one, other) => one - other)
  const counts = edges.map((edge) => buckets.get(edge) ?? Number.NaN)
  const ascends = counts.every((count, index) => count >= (counts[index - 1] ?? 0))
  return ascends && edges.at(-1) === Number.POSITIVE_INFINITY && Number.isFinite(sum)
    ? { edges, counts, sum }
    : undefined
}

const gap: CoreDnsFigure = { value: Number.NaN, observations: 0, window: Number.NaN, bound: 0 }

const shareOf = (part: number, whole: number, seconds: number): CoreDnsFigure =>
  whole > 0 ? { value: (100 * part) / whole, observations: whole, window: seconds, bound: 0 } : gap

const milliseconds = 1000

const percentileOf = (window: GrowthWindow, rank: number): CoreDnsFigure => {
  const grown = recent(window, observationsFor(rank))
  if (grown === undefined) return gap
  const observations = observationsIn(grown.histogram)
  if (observations < observationsFor(rank)) return { ...gap, observations, window: grown.seconds }
  const { value, bound } = percentile(grown.histogram, rank)
  return { value: value * milliseconds, observations, window: grown.seconds, bound }
}

/** Growth of every counter; undefined where one went back: it was started anew. */
const grownSince = (before: CoreDnsCounts, after: CoreDnsCounts): CoreDnsCounts | undefined => {
  const latency = growth(before.latency, after.latency)
  const grown = {
    queries: after.queries - before.queries,
    responses: after.responses - before.responses,
    nxdomain: after.nxdomain - before.nxdomain,
    servfail: after.servfail - before.servfail,
    hits: after.hits - before.hits,
    misses: after.misses - before.misses,
  }
  return latency === undefined || Object.values(grown).some((count) => count < 0) ? undefined : { ...grown, latency }
}

/**
 * The figures of the `seconds` between the reading before and this one, percentiles as far back as their observations ask for.
 * A first reading, and one after a restart, are gaps.
 */
export const stepCoreDns = (
  state: CoreDnsState,
  counts: CoreDnsCounts,
  seconds: number,
): { readonly state: CoreDnsState; readonly figures: CoreDnsFigures } => {
  const follows = seconds > 0 && seconds <= longestWindow
  const grown = state.last === undefined || !follows ? undefined : grownSince(state.last, counts)
  const window = grown === undefined ? [] : remember(state.window, { seconds, histogram: grown.latency })
  const per = (part: number, whole: number): CoreDnsFigure => shareOf(part, whole, seconds)
  return {
    state: { last: counts, window },
    figures: {
      'coredns.queries':
        grown === undefined
          ? gap
          : { value: grown.queries / seconds, observations: grown.queries, window: seconds, bound: 0 },
      'coredns.nxdomain_share': grown === undefined ? gap : per(grown.nxdomain, grown.responses),
      'coredns.servfail_share': grown === undefined ? gap : per(grown.servfail, grown.responses),
      'coredns.latency_p50': percentileOf(window, 50),
      'coredns.latency_p99': percentileOf(window, 99),
      'coredns.cache_hit_share': grown === undefined ? gap : per(grown.hits, grown.hits + grown.misses),
    },
  }
}
