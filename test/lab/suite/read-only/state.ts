import { run } from '../../../system/support/finish.ts'
import type { LabNode } from '../../node.ts'

/** What a network namespace is set to; counts of what passes are left out. */
export interface NamespaceState {
  readonly sysctls: readonly string[]
  /** Of a table, a chain, a rule or a set each; without an order, since a proxy that writes a chain anew puts it last. */
  readonly rules: readonly string[]
  readonly legacy: readonly string[]
  readonly tables: readonly string[]
  readonly promiscuity: readonly string[]
  /** Of the kernel, which all namespaces share; none where it has no modules. */
  readonly modules: readonly string[]
}

/** A process of each network namespace on the node, by the number of that. */
const namespacesOf = `for p in /proc/[0-9]*; do n=$(stat -Lc %i "$p/ns/net" 2>/dev/null) && echo "$n \${p#/proc/}"; done | sort -n | awk '!seen[$1]++'`

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
    .replaceAll(/"(?:packets|bytes|handle)":\d+,?/g, '')
    .replaceAll(/\[\d+:\d+\]/g, '')
    .replaceAll(/^#.*$/gm, '')

const lines = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .toSorted()

/** What a proxy writes for the endpoints of a service: on a busy machine these are late to be ready, or to be known, and come. */
const isOfEndpoints = (line: string): boolean => /KUBE-(?:SEP|SVC|SVL|EXT|FW)-/.test(line)

/** Elements of what `nft -j list ruleset` prints. */
const elements = (text: string): readonly string[] => {
  const { nftables } = JSON.parse(text) as { readonly nftables: readonly object[] }
  return nftables
    .map((element) => withoutCounts(JSON.stringify(element)))
    .filter((element) => !isOfEndpoints(element))
    .toSorted()
}

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
    sysctls: lines(part('sysctls')).filter((line) => !line.includes('/nf_conntrack_count:')),
    rules: elements(part('rules')),
    legacy: lines(withoutCounts(part('legacy'))).filter((line) => !isOfEndpoints(line)),
    tables: lines(part('tables')),
    promiscuity: links.map(({ ifname, promiscuity }) => `${ifname} ${promiscuity}`),
    // Their names: how many use each changes by itself.
    modules: lines(part('modules')).map((line) => line.split(' ')[0] ?? ''),
  }
}

/** The network namespaces of a node, its own and those of its pods, by number. */
export type NodeState = ReadonlyMap<string, NamespaceState>

export const nodeState = async (node: LabNode): Promise<NodeState> => {
  const states = new Map<string, NamespaceState>()
  for (const line of lines(await node.run(['sh', '-c', namespacesOf]))) {
    const [namespace = '', pid = ''] = line.split(' ')
    states.set(namespace, await stateOf(node, pid))
  }
  return states
}

const linesOf = (node: NodeState): readonly string[] =>
  [...node].flatMap(([namespace, state]) =>
    Object.entries(state).flatMap(([part, own]: [string, readonly string[]]) => [
      `namespace ${namespace}`,
      ...own.map((line) => `${namespace} ${part}: ${line}`),
    ]),
  )

/** Those of some that others lack, or have less often. */
const withoutThose = (some: readonly string[], others: readonly string[], sign: string): readonly string[] => {
  const rest = new Map<string, number>()
  for (const line of others) rest.set(line, (rest.get(line) ?? 0) + 1)
  return some.flatMap((line) => {
    const left = rest.get(line) ?? 0
    rest.set(line, left - 1)
    return left > 0 ? [] : [`${sign} ${line}`]
  })
}

/** What nodes have no more (`-`), and what they have now (`+`). */
export const changes = (before: readonly NodeState[], after: readonly NodeState[]): readonly string[] => {
  const [had, has] = [before.flatMap(linesOf), after.flatMap(linesOf)]
  return [...withoutThose(had, has, '-'), ...withoutThose(has, had, '+')]
}

/** Instances of the kernel's tracing, which all nodes share. Nobody else sees where it is mounted for that. */
export const tracingInstances = (): Promise<string> =>
  run([
    ...(['unshare', '--mount', 'sh', '-ec'] as const),
    'mount -t tracefs kntop-test /sys/kernel/tracing; ls /sys/kernel/tracing/instances',
  ])
