/** What is known of a node besides figures. A fact has a text, not a value over time. */
export const facts = [
  {
    id: 'kernel.release',
    title: 'kernel release',
    column: { heading: 'KERNEL', width: 9, priority: 20 },
    meaning: 'The running kernel (uname -r). Below 5.10 some conntrack counters mean something else.',
  },
  {
    id: 'kernel.btf',
    title: 'kernel type information',
    meaning: 'Whether /sys/kernel/btf/vmlinux is there, which eBPF tools need.',
  },
  {
    id: 'proxy.mode',
    title: 'kube-proxy mode',
    column: { heading: 'PROXY', width: 9, priority: 21, onlyWhere: 'known' },
    meaning: 'How kube-proxy serves services on this node: iptables, nftables or ipvs, by its own word.',
  },
] as const

export type FactId = (typeof facts)[number]['id']
