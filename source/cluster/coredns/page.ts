import type { Histogram } from '../../metrics/histogram.ts'

/** What a page of CoreDNS counts from its start on, over all of its zones and servers. */
export interface CorednsPage {
  readonly queries: number
  /** Answers by their code, such as `NXDOMAIN`. */
  readonly answers: ReadonlyMap<string, number>
  /** Seconds. */
  readonly durations: Histogram | undefined
  /** NaN where no cache is configured. */
  readonly cacheHits: number
  readonly cacheLookups: number
}

/** A metric's name now, and before CoreDNS 1.7 (its release notes). */
const names = {
  queries: ['coredns_dns_requests_total', 'coredns_dns_request_count_total'],
  answers: ['coredns_dns_responses_total', 'coredns_dns_response_rcode_count_total'],
  durations: ['coredns_dns_request_duration_seconds'],
  cacheHits: ['coredns_cache_hits_total'],
  cacheMisses: ['coredns_cache_misses_total'],
  // Since 1.9 (pull request 5082): hits and misses may be off by answers from stale entries.
  cacheLookups: ['coredns_cache_requests_total'],
} as const

interface Line {
  readonly name: string
  readonly labels: string
  readonly value: number
}

const lineForm = /^([a-z_]+)(?:\{(.*)\})? ([-+0-9.eE]+|NaN|[+-]Inf)(?: \d+)?$/

const lineOf = (text: string): readonly Line[] => {
  const [, name, labels = '', value] = lineForm.exec(text) ?? []
  return name === undefined || !Number.isFinite(Number(value)) ? [] : [{ name, labels, value: Number(value) }]
}

const labelOf = (labels: string, name: string): string | undefined =>
  new RegExp(`(?:^|,)${name}="([^"\\\\]*)"`).exec(labels)?.[1]

const sumOf = (lines: readonly Line[], wanted: readonly string[]): number => {
  const found = lines.filter(({ name }) => wanted.includes(name))
  return found.length === 0 ? Number.NaN : found.reduce((sum, { value }) => sum + value, 0)
}

const answersIn = (lines: readonly Line[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const { name, labels, value } of lines) {
    if (!(names.answers as readonly string[]).includes(name)) continue
    const code = labelOf(labels, 'rcode') ?? ''
    counts.set(code, (counts.get(code) ?? 0) + value)
  }
  return counts
}

/** One histogram of those of all servers and zones: undefined where their buckets differ, or there is none. */
const histogramIn = (lines: readonly Line[], family: string): Histogram | undefined => {
  const counts = new Map<number, number>()
  for (const { name, labels, value } of lines) {
    if (name !== `${family}_bucket`) continue
    const le = labelOf(labels, 'le')
    const edge = le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le)
    counts.set(edge, (counts.get(edge) ?? 0) + value)
  }
  const edges = [...counts.keys()].toSorted((one, other) => one - other)
  const sum = sumOf(lines, [`${family}_sum`])
  const ordered = edges.map((edge) => counts.get(edge) ?? 0)
  const ascends = ordered.every((count, index) => count >= (ordered[index - 1] ?? 0))
  const isWhole = edges.at(-1) === Number.POSITIVE_INFINITY && !edges.some(Number.isNaN) && Number.isFinite(sum)
  return isWhole && ascends ? { edges, counts: ordered, sum } : undefined
}

/** Undefined for a page that is not CoreDNS's. */
export const corednsPage = (text: string): CorednsPage | undefined => {
  const lines = text.split('\n').flatMap((line) => (line.startsWith('coredns_') ? lineOf(line) : []))
  const queries = sumOf(lines, names.queries)
  if (lines.length === 0) return undefined
  const hits = sumOf(lines, names.cacheHits)
  const misses = sumOf(lines, names.cacheMisses)
  const lookups = sumOf(lines, names.cacheLookups)
  // A counter stands there only once it has counted.
  const some = [hits, misses, lookups].some((count) => !Number.isNaN(count))
  const either = (Number.isNaN(hits) ? 0 : hits) + (Number.isNaN(misses) ? 0 : misses)
  return {
    queries: Number.isNaN(queries) ? 0 : queries,
    answers: answersIn(lines),
    durations: histogramIn(lines, names.durations[0]),
    cacheHits: some ? (Number.isNaN(hits) ? 0 : hits) : Number.NaN,
    cacheLookups: some ? (Number.isNaN(lookups) ? either : lookups) : Number.NaN,
  }
}
