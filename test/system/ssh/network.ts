import { type Argv, finish, run } from '../support/command.ts'
import { namespacePrefix } from '../support/names.ts'
import { removeNamespace } from '../support/namespace.ts'
import type { OnEnd } from './space.ts'

/** Networks of a test: the client and a bastion are in the outer one; in the inner one nobody reaches the client. */
export type Net = 'outer' | 'inner'

const firsts: Readonly<Record<Net, string>> = { outer: '10.88', inner: '10.89' }

/** Addresses that are given away. Nodes are numbered from 1.1 on. */
export const addresses = {
  client: `${firsts.outer}.0.1`,
  /** Where names are served, if they are. */
  names: `${firsts.outer}.0.253`,
  /** Takes every packet and answers none. */
  blackHole: `${firsts.outer}.0.254`,
  /** In the network, and nobody has it. */
  nobody: `${firsts.outer}.0.99`,
  /** In no network that the client knows of. */
  elsewhere: '10.77.0.1',
} as const

export const addressOf = (net: Net, number: number): string =>
  `${firsts[net]}.${1 + Math.floor(number / 250)}.${1 + (number % 250)}`

/** The name of the machine that a test has for this. */
export const namespaceOf = (short: string): string => `${namespacePrefix}-${short}`

/** A network namespace with loopback alone, and without IPv6, whose own chatter would count as traffic. */
export const makeNet = async (short: string, onEnd: OnEnd): Promise<string> => {
  const name = namespaceOf(short)
  await run(['ip', 'netns', 'add', name])
  onEnd(() => removeNamespace(name))
  const quiet = 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6; echo 0 >/proc/sys/net/ipv4/ip_forward'
  await run(['ip', 'netns', 'exec', name, 'sh', '-ec', `ip link set lo up; ${quiet}`])
  return name
}

/** Makes a network: a switch in a namespace of its own. */
export const makeSwitch = async (net: Net, onEnd: OnEnd): Promise<string> => {
  const name = await makeNet(net, onEnd)
  const own = net === 'outer' ? [addresses.names, addresses.blackHole] : []
  const script = `ip link add sw type bridge; ip link set sw up
for a; do ip address add "$a/16" dev sw; done
[ $# = 0 ] || iptables -A INPUT -d ${addresses.blackHole} -j DROP`
  await run(['ip', 'netns', 'exec', name, 'sh', '-ec', script, 'sh', ...own])
  return name
}

/** Lays a cable from a namespace to a network. `device`: how it is called there. */
export const attach = async (
  namespace: string,
  net: Net,
  device: string,
  given: readonly string[],
  port: string,
): Promise<void> => {
  const script = `ns=$1 sw=$2 dev=$3 port=$4; shift 4
ip link add "$dev" netns "$ns" type veth peer name "$port" netns "$sw"
ip -n "$sw" link set "$port" master sw up
for a; do ip -n "$ns" address add "$a/16" dev "$dev"; done
ip -n "$ns" link set "$dev" up`
  await run(['sh', '-ec', script, 'sh', namespace, namespaceOf(net), device, port, ...given])
}

/** Faults of a node's network. Each can be taken back, and is there at most once. */
export interface NetworkFaults {
  /** Packets vanish, both ways. */
  dropPackets(): Promise<void>
  undrop(): Promise<void>
  /** Whatever is sent to its sshd is answered by a reset. */
  resetConnections(): Promise<void>
  unreset(): Promise<void>
  interfaceDown(): Promise<void>
  interfaceUp(): Promise<void>
}

export const networkFaults = (namespace: string, device: string): NetworkFaults => {
  const here = (...argv: Argv): Promise<string> => run(['ip', 'netns', 'exec', namespace, ...argv])
  const table = (name: string, rules: string): Promise<string> =>
    here('nft', `add table inet ${name}; ${rules.replaceAll('@', `inet ${name}`)}`)
  const remove = async (name: string): Promise<void> => {
    const { status, stderr } = await finish(['ip', 'netns', 'exec', namespace, 'nft', 'delete', 'table', 'inet', name])
    if (status !== 0) throw new Error(`nothing to take back: ${stderr}`)
  }
  return {
    dropPackets: async () => {
      await table(
        'dropped',
        `add chain @ i { type filter hook input priority 0; }; add rule @ i iifname ${device} drop;
         add chain @ o { type filter hook output priority 0; }; add rule @ o oifname ${device} drop`,
      )
    },
    undrop: () => remove('dropped'),
    resetConnections: async () => {
      await table(
        'resetting',
        `add chain @ i { type filter hook input priority 0; }; add rule @ i tcp dport 22 reject with tcp reset`,
      )
    },
    unreset: () => remove('resetting'),
    interfaceDown: async () => void (await here('ip', 'link', 'set', device, 'down')),
    interfaceUp: async () => void (await here('ip', 'link', 'set', device, 'up')),
  }
}
