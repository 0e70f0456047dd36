import { run } from '../../../system/support/finish.ts'
import type { LabNode } from '../../node.ts'

/** What a network namespace is set to; counts of what passes are left out. */
export interface NamespaceState {
  readonly sysctls: readonly string[]
  readonly rules: string
  readonly legacy: string
  readonly tables: string
  readonly promiscuity: readonly string[]
  /** Of the kernel, which all namespaces share; none where it has no modules. */
  readonly modules: readonly string[]
}

/** A process of each network namespace on the node, by the number of that. */
const namespaces = `for p in /proc/[0-9]*; do n=$(stat -Lc %i "$p/ns/net" 2>/dev/null) && echo "$n \${p#/proc/}"; done | sort -n | awk '!seen[$1]++'`

const look = `
cut() { echo; echo "--- $1"; }
cut sysctls; grep -rs . /proc/sys/net
cut rules; nft -j list ruleset
cut tables; for f in ip_tables_names ip6_tables_names arp_tables_names; do cat /proc/net/$f 2>/dev/null | sort; done
cut legacy
for t in $(cat /proc/net/ip_tables_names 2>/dev/null); do iptables-legacy-save -t "$t"; done
for t in $(cat /proc/net/ip6_tables_names 2>/dev/null); do ip6tables-legacy-save -t "$t"; done
cut modules; cat /proc/modules 2>/dev/null
cut links; ip -d -j link`

/** Counters, numbers of rules that a proxy writes anew, and comments with a date. */
const withoutCounts = (text: string): string =>
  text
    .replaceAll(/"(?:packets|bytes|handle)": \d+/g, '')
    .replaceAll(/\[\d+:\d+\]/g, '')
    .replaceAll(/^#.*$/gm, '')

const partsOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split('\n--- ').map((part) => {
      const end = part.indexOf('\n')
      return [part.slice(0, end), part.slice(end + 1)]
    }),
  )

const stateOf = async (node: LabNode, pid: string): Promise<NamespaceState> => {
  const parts = partsOf(await node.run(['nsenter', '-t', pid, '-n', 'sh', '-c', look]))
  const part = (name: string): string => parts.get(name) ?? ''
  const links = JSON.parse(part('links')) as readonly { readonly ifname: string; readonly promiscuity: number }[]
  return {
    // How many connections are tracked changes by itself.
    sysctls: part('sysctls')
      .split('\n')
      .filter((line) => line !== '' && !line.includes('/nf_conntrack_count:'))
      .toSorted(),
    rules: withoutCounts(part('rules')),
    legacy: withoutCounts(part('legacy')),
    tables: part('tables'),
    promiscuity: links.map(({ ifname, promiscuity }) => `${ifname} ${promiscuity}`),
    // Their names: how many use each changes by itself.
    modules: part('modules')
      .split('\n')
      .flatMap((line) => line.split(' ')[0] || [])
      .toSorted(),
  }
}

/** Every network namespace of a node, its own and those of its pods, by number. */
export const nodeState = async (node: LabNode): Promise<ReadonlyMap<string, NamespaceState>> => {
  const lines = (await node.run(['sh', '-c', namespaces])).trim().split('\n')
  const states = new Map<string, NamespaceState>()
  for (const line of lines) {
    const [namespace = '', pid = ''] = line.split(' ')
    states.set(namespace, await stateOf(node, pid))
  }
  return states
}

/** Instances of the kernel's tracing, which all nodes share. Nobody else sees where it is mounted for that. */
export const tracingInstances = (): Promise<string> =>
  run([
    ...(['unshare', '--mount', 'sh', '-ec'] as const),
    'mount -t tracefs kntop-test /sys/kernel/tracing; ls /sys/kernel/tracing/instances',
  ])
