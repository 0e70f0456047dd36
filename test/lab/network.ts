import { join } from 'node:path'
import type { Argv } from '../system/support/finish.ts'
import { makeCgroups } from './cgroups.ts'
import { folder, labName, net, outside } from './names.ts'
import type { NodePlan } from './state.ts'
import { runInLab, startInLab } from './supervisor.ts'

/** The namespace of the switch. */
const hub = 'switch'

/** Runs a program at the switch. */
export const atSwitch = (...argv: Argv): Promise<string> => runInLab('ip', 'netns', 'exec', hub, ...argv)

export const portOf = ({ number }: NodePlan): string => `port${number}`

/** The switch, the machine's own cable to it, and a name server that knows the world outside. */
export const makeSwitch = async (): Promise<void> => {
  const script = `
ip netns add ${hub}
ip link add ${labName} type veth peer name host netns ${hub}
ip address add ${net.host}/24 dev ${labName}
ip link set ${labName} up
exec ip netns exec ${hub} sh -ec '
ip link set lo up
ip link add sw type bridge
ip link set sw up
ip link set host master sw up
ip address add ${net.gateway}/24 dev sw
ip address add ${net.gateway6}/64 dev sw nodad
# What is sent to the discard port is taken and not answered.
nft "add table inet discard; add chain inet discard in { type filter hook input priority 0; }
  add rule inet discard in udp dport 9 drop"'`
  await runInLab('sh', '-ec', script)
  makeCgroups(hub)
  await startInLab(
    hub,
    join(folder, 'names.log'),
    ...(['ip', 'netns', 'exec', hub, 'dnsmasq', '--keep-in-foreground'] as const),
    ...['--conf-file=/dev/null', '--user=root', '--pid-file=', '--no-resolv', '--no-hosts', '--log-facility=-'],
    ...['--bind-interfaces', `--listen-address=${net.gateway}`, `--listen-address=${net.gateway6}`],
    ...['--address=/#/', `--host-record=${outside.name},${outside.address},${outside.address6}`],
  )
}

/** The network of one node: a cable to the switch, and the ways to the pods of the others. */
export const makeNodeNetwork = async (node: NodePlan, all: readonly NodePlan[]): Promise<void> => {
  const port = portOf(node)
  const routes = all
    .filter(({ name }) => name !== node.name)
    .map(
      ({ number, address, address6 }) =>
        `ip -n $ns route add ${net.podsOf(number)} via ${address}; ip -n $ns route add ${net.pods6Of(number)} via ${address6}`,
    )
  const script = `ns=${node.name}
# Of a node that died, or came up by half.
[ ! -e /run/netns/$ns ] || ip netns delete $ns
# A busy kernel takes its cable away some time after its namespace.
ip -n ${hub} link delete dev ${port} 2>/dev/null || :
ip netns add $ns
ip -n $ns link set lo up
ip link add eth0 netns $ns type veth peer name ${port} netns ${hub}
ip -n ${hub} link set ${port} master sw up
ip -n $ns address add ${node.address}/24 dev eth0
ip -n $ns address add ${node.address6}/64 dev eth0 nodad
ip -n $ns link set eth0 up
ip -n $ns route add default via ${net.gateway}
ip -n $ns route add default via ${net.gateway6}
${routes.join('\n')}
ip -n ${hub} route replace ${net.podsOf(node.number)} via ${node.address}
ip -n ${hub} route replace ${net.pods6Of(node.number)} via ${node.address6}`
  await runInLab('sh', '-ec', script)
}

/** Pulls the cable, and forgets everything that the node's network was. */
export const removeNodeNetwork = async (node: NodePlan): Promise<void> => {
  await runInLab('ip', 'netns', 'delete', node.name)
}

/** What a node sends or is sent vanishes beyond its cable; the cable stays plugged in. */
export const forward = async (node: NodePlan, isForwarding: boolean): Promise<void> => {
  await atSwitch('bridge', 'link', 'set', 'dev', portOf(node), 'state', isForwarding ? '3' : '0')
}
