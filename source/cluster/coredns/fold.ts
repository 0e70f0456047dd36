import type { Missing } from '../../events/origin.ts'
import type { MetricId } from '../../metrics/catalogue.ts'
import {
  addByCommonEdges,
  type Grown as Growth,
  type GrowthWindow,
  growth,
  type Histogram,
  longestWindow,
  observationsFor,
  observationsIn,
  percentile,
  recent,
  remember,
} from '../../metrics/histogram.ts'
import type { CorednsPage } from './page.ts'

export const corednsIds = [
  'coredns.queries',
  'coredns.nxdomain_share',
  'coredns.servfail_share',
  'coredns.latency_p50',
  'coredns.latency_p99',
  'coredns.cache_hit_share',
] as const satisfies readonly MetricId[]

export type CorednsId = (typeof corednsIds)[number]

/** A figure with what stands behind it, or why there is none. */
export type CorednsReading =
  | { readonly value: number; readonly observations: number; readonly window: number; readonly bound: -1 | 0 | 1 }
  | { readonly missing: Missing; readonly advice: string }

export type CorednsReadings = Readonly<Record<CorednsId, CorednsReading>>

/** A page of one pod, and when it was read: monotonic seconds. `pod`: its uid, another one after a restart. */
export interface Scraped {
  readonly pod: string
  readonly at: number
  readonly page: CorednsPage
}

/** What grew up to a time: monotonic seconds. */
interface DatedGrowth extends Growth {
  readonly at: number
}

/** What is kept between two rounds over the pods of one node. */
export interface CorednsState {
  readonly last: ReadonlyMap<string, Scraped>
  readonly window: readonly DatedGrowth[]
}

export const corednsStart: CorednsState = { last: new Map(), window: [] }

/** What grew in one pod since its last page. */
interface Grown {
  readonly at: number
  readonly seconds: number
  readonly queries: number
  readonly answers: number
  readonly nxdomain: number
  readonly servfail: number
  readonly durations: Histogram | undefined
  /** NaN where no cache has counted yet. */
  readonly hits: number
  readonly lookups: number
  /** All questions from its start on. */
  readonly asked: number
}

const sumOfAll = (answers: ReadonlyMap<string, number>): number =>
  answers.values().reduce((sum, count) => sum + count, 0)

/** Undefined: it began anew between the two, and what it counted before is lost. */
const grownOf = (before: Scraped, { at, page }: Scraped): Grown | undefined => {
  const seconds = at - before.at
  const { page: old } = before
  const code = (name: string): number => (page.answers.get(name) ?? 0) - (old.answers.get(name) ?? 0)
  const grown: Grown = {
    at,
    seconds,
    queries: page.queries - old.queries,
    answers: sumOfAll(page.answers) - sumOfAll(old.answers),
    nxdomain: code('NXDOMAIN'),
    servfail: code('SERVFAIL'),
    durations:
      page.durations === undefined || old.durations === undefined
        ? page.durations
        : growth(old.durations, page.durations),
    hits: page.cacheHits - (Number.isNaN(old.cacheHits) ? 0 : old.cacheHits),
    lookups: page.cacheLookups - (Number.isNaN(old.cacheLookups) ? 0 : old.cacheLookups),
    asked: page.queries,
  }
  const { queries, answers, nxdomain, servfail, hits, lookups } = grown
  // Sums hide a counter that began anew: their rest must not have gone back either.
  const wentBack = [queries, answers, nxdomain, servfail, hits, lookups, answers - nxdomain - servfail, lookups - hits]
  return seconds > 0 && seconds <= longestWindow && !wentBack.some((count) => count < 0) ? grown : undefined
}

const gap: CorednsReading = { value: Number.NaN, observations: Number.NaN, window: Number.NaN, bound: 0 }

const shareOf = (part: number, of: number, window: number): CorednsReading => ({
  ...{ value: of > 0 ? (100 * part) / of : Number.NaN, observations: of, window, bound: 0 },
})

const percentileOf = (rank: number, window: GrowthWindow): CorednsReading => {
  const needed = observationsFor(rank)
  const grown = recent(window, needed)
  const observations = grown === undefined ? 0 : observationsIn(grown.histogram)
  if (grown === undefined || observations < needed)
    return { missing: 'no-data', advice: `${observations} of ${needed} questions within five minutes` }
  const { value, bound } = percentile(grown.histogram, rank)
  if (Number.isNaN(value)) return { missing: 'no-data', advice: 'its pods of CoreDNS have no bucket in common' }
  return { value: value * 1000, observations, window: grown.seconds, bound }
}

/** Of two pods, which may be of two versions with other buckets. */
const together = (one: Histogram | undefined, other: Histogram | undefined): Histogram | undefined =>
  one === undefined || other === undefined ? (one ?? other) : addByCommonEdges(one, other)

const gaps: CorednsReadings = {
  'coredns.queries': gap,
  'coredns.nxdomain_share': gap,
  'coredns.servfail_share': gap,
  'coredns.latency_p50': gap,
  'coredns.latency_p99': gap,
  'coredns.cache_hit_share': gap,
}

const totalOf = (grown: readonly Grown[], of: (one: Grown) => number): number =>
  grown.reduce((total, one) => total + of(one), 0)

/** Of the pods whose cache counts. One that was asked and counts none has none. */
const cacheShareOf = (grown: readonly Grown[], seconds: number): CorednsReading => {
  const cached = grown.filter(({ lookups }) => !Number.isNaN(lookups))
  if (cached.length > 0) {
    const [hits, lookups] = [totalOf(cached, (one) => one.hits), totalOf(cached, (one) => one.lookups)]
    return shareOf(hits, lookups, seconds)
  }
  return grown.every(({ asked }) => asked === 0)
    ? gap
    : { missing: 'not-applicable', advice: 'no cache is configured in its Corefile' }
}

const readingsOf = (grown: readonly Grown[], seconds: number, window: GrowthWindow): CorednsReadings => {
  const sum = (of: (one: Grown) => number): number => totalOf(grown, of)
  const answers = sum((one) => one.answers)
  const nxdomain = sum((one) => one.nxdomain)
  const servfail = sum((one) => one.servfail)
  return {
    'coredns.queries': { ...gap, value: sum((one) => one.queries / one.seconds), window: seconds },
    'coredns.nxdomain_share': shareOf(nxdomain, answers, seconds),
    'coredns.servfail_share': shareOf(servfail, answers, seconds),
    'coredns.latency_p50': percentileOf(50, window),
    'coredns.latency_p99': percentileOf(99, window),
    'coredns.cache_hit_share': cacheShareOf(grown, seconds),
  }
}

export interface Folded {
  readonly state: CorednsState
  readonly readings: CorednsReadings
  /** How many of the pods the figures are of: those with a page to compare this one with. */
  readonly of: number
}

/**
 * The figures of a node from pages of its CoreDNS pods; the first pages, and those after a restart, are a gap. `pods`: those
 * that there are, also without a page this time: their next one is compared with the last one that was read.
 */
export const foldCoredns = (state: CorednsState, scraped: readonly Scraped[], pods: readonly string[]): Folded => {
  const grown = scraped.flatMap((one) => {
    const before = state.last.get(one.pod)
    return (before === undefined ? undefined : grownOf(before, one)) ?? []
  })
  const kept = pods.flatMap((pod) => state.last.get(pod) ?? [])
  const last = new Map([...kept, ...scraped].map((one) => [one.pod, one]))
  const now = Math.max(...scraped.map(({ at }) => at))
  // Also what was remembered before a pause of any length, in which nothing could be forgotten.
  const recently = state.window.filter(({ at, seconds }) => now - (at - seconds) <= longestWindow)
  const of = grown.length
  if (of === 0) return { state: { last, window: recently }, readings: gaps, of }
  const at = Math.max(...grown.map((one) => one.at))
  const seconds = Math.max(...grown.map((one) => one.seconds))
  const durations = grown.reduce<Histogram | undefined>((all, one) => together(all, one.durations), undefined)
  // What is remembered does not speak for pods that count no durations now.
  if (durations === undefined)
    return { state: { last, window: recently }, readings: readingsOf(grown, seconds, []), of }
  const window = remember(recently, { at, seconds, histogram: durations })
  return { state: { last, window }, readings: readingsOf(grown, seconds, window), of }
}
