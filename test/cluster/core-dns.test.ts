import { describe, expect, it } from 'vitest'
import { type CoreDnsCounts, countsIn, startCoreDns, stepCoreDns } from '../../source/cluster/core-dns.ts'

interface Page {
  readonly ok: number
  readonly nxdomain: number
  readonly servfail?: number
  readonly hits?: number
  readonly misses?: number
  /** Of all answers, those within 1 ms. */
  readonly fast: number
}

const sum = ({ ok, nxdomain, servfail = 0 }: Page): number => ok + nxdomain + servfail

const histogram = (page: Page): string => `
# TYPE coredns_dns_request_duration_seconds histogram
coredns_dns_request_duration_seconds_bucket{server="dns://:53",zone=".",le="0.0005"} 0
coredns_dns_request_duration_seconds_bucket{server="dns://:53",zone=".",le="0.001"} ${page.fast}
coredns_dns_request_duration_seconds_bucket{server="dns://:53",zone=".",le="0.002"} ${sum(page)}
coredns_dns_request_duration_seconds_bucket{server="dns://:53",zone=".",le="+Inf"} ${sum(page)}
coredns_dns_request_duration_seconds_sum{server="dns://:53",zone="."} ${sum(page) / 1000}
coredns_dns_request_duration_seconds_count{server="dns://:53",zone="."} ${sum(page)}
`

const cache = ({ hits = 0, misses = 0 }: Page): string => `
coredns_cache_hits_total{server="dns://:53",type="success"} ${hits}
coredns_cache_hits_total{server="dns://:53",type="denial"} 0
coredns_cache_misses_total{server="dns://:53"} ${misses}
`

const since17 = (page: Page): string => `
coredns_dns_requests_total{family="1",proto="udp",server="dns://:53",type="A",zone="."} ${page.ok}
coredns_dns_requests_total{family="1",proto="udp",server="dns://:53",type="AAAA",zone="."} ${sum(page) - page.ok}
coredns_dns_responses_total{plugin="",rcode="NOERROR",server="dns://:53",zone="."} ${page.ok}
coredns_dns_responses_total{plugin="kubernetes",rcode="NXDOMAIN",server="dns://:53",zone="."} ${page.nxdomain}
coredns_dns_responses_total{plugin="",rcode="SERVFAIL",server="dns://:53",zone="."} ${page.servfail ?? 0}
${cache(page)}${histogram(page)}`

const before17 = (page: Page): string => `
coredns_dns_request_count_total{family="1",proto="udp",server="dns://:53",zone="."} ${sum(page)}
coredns_dns_response_rcode_count_total{rcode="NOERROR",server="dns://:53",zone="."} ${page.ok}
coredns_dns_response_rcode_count_total{rcode="NXDOMAIN",server="dns://:53",zone="."} ${page.nxdomain}
coredns_dns_response_rcode_count_total{rcode="SERVFAIL",server="dns://:53",zone="."} ${page.servfail ?? 0}
${cache(page)}${histogram(page)}`

const counts = (text: string): CoreDnsCounts => {
  const found = countsIn(text)
  if (found === undefined) throw new Error('no page of CoreDNS')
  return found
}

const first: Page = { ok: 100, nxdomain: 300, servfail: 2, hits: 10, misses: 10, fast: 200 }
const second: Page = { ok: 400, nxdomain: 990, servfail: 12, hits: 310, misses: 110, fast: 1190 }

describe("CoreDNS's own counters", () => {
  it.each([
    ['since 1.7', since17],
    ['before 1.7', before17],
  ])('give figures of the time between two readings: %s', (_, page) => {
    const start = stepCoreDns(startCoreDns, counts(page(first)), Number.NaN)
    expect(Object.values(start.figures).every(({ value }) => Number.isNaN(value))).toBe(true)
    const { figures } = stepCoreDns(start.state, counts(page(second)), 10)
    expect(figures['coredns.queries']).toEqual({ value: 100, observations: 1000, window: 10, bound: 0 })
    expect(figures['coredns.nxdomain_share']).toEqual({ value: 69, observations: 1000, window: 10, bound: 0 })
    expect(figures['coredns.servfail_share'].value).toBe(1)
    expect(figures['coredns.cache_hit_share']).toEqual({ value: 75, observations: 400, window: 10, bound: 0 })
    // 990 of 1,000 took 0.5 to 1 ms: the rank 500 lies halfway, the rank 990 at its edge.
    expect(figures['coredns.latency_p50'].value).toBeCloseTo(0.5 + 0.5 * (500 / 990))
    expect(figures['coredns.latency_p99'].value).toBeCloseTo(1)
  })

  it('give no percentile from too few lookups, and say how many there were', () => {
    const start = stepCoreDns(startCoreDns, counts(since17({ ok: 0, nxdomain: 0, fast: 0 })), 10)
    const { figures } = stepCoreDns(start.state, counts(since17({ ok: 20, nxdomain: 0, fast: 20 })), 10)
    expect(figures['coredns.latency_p50'].value).toBeGreaterThan(0)
    expect(figures['coredns.latency_p99']).toMatchObject({ value: Number.NaN, observations: 20 })
  })

  it('that went back, or stood still, are gaps and not zeros', () => {
    const start = stepCoreDns(startCoreDns, counts(since17(second)), 10)
    const again = stepCoreDns(start.state, counts(since17(first)), 10)
    expect(again.figures['coredns.queries'].value).toBeNaN()
    const still = stepCoreDns(again.state, counts(since17(first)), 10)
    expect(still.figures['coredns.queries'].value).toBe(0)
    expect(still.figures['coredns.nxdomain_share'].value).toBeNaN()
    expect(still.figures['coredns.cache_hit_share'].value).toBeNaN()
  })

  it.each(['', 'not found', 'coredns_dns_requests_total 5', histogram(first), since17(first).replace('+Inf', '9')])(
    'are not on a page that is none',
    (text) => expect(countsIn(text)).toBeUndefined(),
  )
})
