import type { Metric } from '../metric.ts'

const signal = 'proxy'

/** What kube-proxy says of itself on a node. */
export const proxyMetrics = [
  {
    id: 'proxy.rules',
    signal,
    title: 'service rules',
    unit: 'count',
    worse: 'neither',
    levels: {},
    period: 60,
    meaning: 'iptables rules that kube-proxy keeps on this node, of all tables and both families.',
    action: 'Tens of thousands make each new connection and each change slow: nftables mode keeps maps instead.',
  },
  {
    id: 'proxy.sync_age',
    signal,
    title: 'rule sync age',
    unit: 's',
    worse: 'higher',
    levels: {},
    period: 60,
    meaning:
      'Time since kube-proxy last wrote its rules, by the clock of the node. It writes on changes, and now and then without.',
    action: 'Where services change and this does not, traffic goes to pods that are gone: read the log of kube-proxy.',
  },
] as const satisfies readonly Metric[]
