import type { Metric } from '../metric.ts'

const signal = 'dns'

/** DNS answers seen by the opt-in capture, and UDP counters, which are never called DNS. */
export const dnsMetrics = [
  {
    id: 'dns.lookups',
    signal,
    title: 'DNS lookups of this node',
    unit: '/s',
    worse: 'neither',
    levels: {},
    period: 1,
    // An answer of a server to its neighbour goes from port to port of their bridge.
    leastBeside: 'coredns.queries',
    column: { heading: 'DNS/s', width: 7, priority: 4 },
    meaning:
      'Answers per second to clients of this node, one per question: A and AAAA of one name are two. At least so many where the name server itself runs on this node.',
    action: 'Many with a high NXDOMAIN share is ndots waste: end external names with a dot or lower ndots.',
  },
  {
    id: 'dns.nxdomain_share',
    signal,
    title: 'share of lookups without such a name',
    unit: '%',
    worse: 'higher',
    levels: {
      note: {
        raise: 50,
        clear: 40,
        hold: 10,
        linger: 30,
        origin: 'kntop: above 50 % the search list is being walked (ndots 5)',
      },
    },
    denominator: { least: 50, of: 'lookups' },
    period: 1,
    scale: { min: 0, max: 100 },
    column: { heading: 'NX%', width: 6, priority: 8 },
    meaning:
      'Share of answered lookups that ended in NXDOMAIN. With ndots 5 six of eight answers for an external name do.',
    action: 'Lower ndots in dnsConfig, or write external names with a final dot.',
  },
  {
    id: 'dns.servfail_share',
    signal,
    title: 'share of lookups that failed',
    unit: '%',
    worse: 'higher',
    levels: {
      warning: {
        raise: 1,
        clear: 0.5,
        hold: 5,
        linger: 30,
        origin: 'kntop: a healthy resolver answers nearly every question',
      },
      critical: { raise: 10, clear: 5, hold: 5, linger: 30, origin: 'kntop: one name in ten does not resolve' },
    },
    denominator: { least: 50, of: 'lookups' },
    period: 1,
    scale: { min: 0, max: 100 },
    meaning: 'Share of answered lookups that ended in SERVFAIL: the server could not get an answer itself.',
    action: 'Look at the resolver and at what it forwards to.',
  },
  {
    id: 'dns.served',
    signal,
    title: 'DNS answers served to others',
    unit: '/s',
    worse: 'neither',
    levels: {},
    period: 1,
    meaning: 'Answers per second that a resolver on this node gave to clients elsewhere.',
    action: 'Shows how cluster DNS load is spread over nodes.',
  },
  {
    id: 'dns.upstream',
    signal,
    title: 'DNS answers from upstream',
    unit: '/s',
    worse: 'neither',
    levels: {},
    period: 1,
    meaning: 'Answers per second that a resolver on this node got from the servers it forwards to.',
    action: 'Near the number of lookups means the cache does not help.',
  },
  {
    id: 'udp.datagrams_out',
    signal,
    title: 'UDP datagrams sent',
    unit: '/s',
    worse: 'neither',
    levels: {},
    period: 1,
    column: { heading: 'UDP/s', width: 7, priority: 15 },
    meaning:
      'UDP datagrams sent per second, DNS or not: by the host and, with scope node, by its pods, whose namespaces count for themselves.',
    action: 'Ask for --with dns-capture to see which of them are lookups.',
  },
  {
    id: 'udp.receive_errors',
    signal,
    title: 'UDP datagrams lost on receipt',
    unit: '/s',
    worse: 'higher',
    levels: {
      warning: { raise: 1, clear: 0.5, hold: 3, linger: 30, origin: 'kntop: a full socket buffer loses answers' },
    },
    period: 1,
    meaning: 'UDP datagrams that arrived and could not be delivered: full socket buffers, checksums, memory.',
    action: 'Find the slow reader (ss -uam shows drops); raise its receive buffer.',
  },
] as const satisfies readonly Metric[]
