import type { Metric } from '../metric.ts'

const signal = 'dns'
const mixin = 'coredns-mixin of Povilas Versockas'
const percent = { min: 0, max: 100 } as const
const answers = { least: 50, of: 'answers' } as const

/** What CoreDNS counts itself, of its pods on a node: never mixed with what is captured there. */
export const corednsMetrics = [
  {
    id: 'coredns.queries',
    signal,
    through: 'api',
    title: 'queries to the CoreDNS here',
    unit: '/s',
    worse: 'neither',
    levels: {},
    period: 10,
    meaning: 'Questions per second to the CoreDNS pods of this node, from anywhere in the cluster, by their own count.',
    action: 'Far more than others have: clients cling to one pod; NodeLocal DNSCache spreads them.',
  },
  {
    id: 'coredns.nxdomain_share',
    signal,
    through: 'api',
    title: 'CoreDNS: share without such a name',
    unit: '%',
    worse: 'higher',
    levels: {
      note: { raise: 50, clear: 40, hold: 10, linger: 30, origin: 'kntop: above 50 % search lists are being walked' },
    },
    denominator: answers,
    period: 10,
    scale: percent,
    meaning: 'Share of the answers of the CoreDNS pods of this node that were NXDOMAIN.',
    action: 'Lower ndots in dnsConfig, or write external names with a final dot.',
  },
  {
    id: 'coredns.servfail_share',
    signal,
    through: 'api',
    title: 'CoreDNS: share that failed',
    unit: '%',
    worse: 'higher',
    levels: {
      warning: { raise: 1, clear: 0.5, hold: 10, linger: 30, origin: `${mixin}: CoreDNSErrorsHigh, warning` },
      critical: { raise: 3, clear: 2, hold: 10, linger: 30, origin: `${mixin}: CoreDNSErrorsHigh, critical` },
    },
    denominator: answers,
    period: 10,
    scale: percent,
    meaning: 'Share of the answers of the CoreDNS pods of this node that were SERVFAIL.',
    action: 'The servers that it forwards to do not answer: see forward in the Corefile, and the log of CoreDNS.',
  },
  {
    id: 'coredns.latency_p50',
    signal,
    through: 'api',
    title: 'CoreDNS: median time of an answer',
    unit: 'ms',
    worse: 'higher',
    levels: {},
    percentile: 50,
    period: 10,
    meaning:
      'Half of the questions took the CoreDNS pods of this node longer, within them: the way there is not in it.',
    action: 'Compare with the p99; below 0.25 ms it says only that.',
  },
  {
    id: 'coredns.latency_p99',
    signal,
    through: 'api',
    title: 'CoreDNS: p99 of the time of an answer',
    unit: 'ms',
    worse: 'higher',
    levels: {
      warning: { raise: 1000, clear: 800, hold: 0, linger: 30, origin: 'kntop: a quarter of the critical level' },
      critical: { raise: 4000, clear: 3000, hold: 0, linger: 30, origin: `${mixin}: CoreDNSLatencyHigh` },
    },
    percentile: 99,
    period: 10,
    meaning: 'One question in a hundred took the CoreDNS pods of this node longer. Needs 500 within five minutes.',
    action: 'See whether its container is throttled, and how long the servers take that it forwards to.',
  },
  {
    id: 'coredns.cache_hit_share',
    signal,
    through: 'api',
    title: 'CoreDNS: share answered from its cache',
    unit: '%',
    worse: 'neither',
    levels: {},
    denominator: { least: 50, of: 'look-ups in the cache' },
    period: 10,
    scale: percent,
    meaning: 'Share of the look-ups in the cache of the CoreDNS pods of this node that found an answer.',
    action: 'Low with many queries: names that live seconds, or names that are never asked twice.',
  },
] as const satisfies readonly Metric[]
