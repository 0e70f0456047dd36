import { type Clean, clean } from '../../text/clean.ts'
import { isLoopback } from '../address.ts'
import type { Refusal } from '../probe.ts'
import { refuse } from '../refuse.ts'
import type { Vantage } from './classify.ts'

/** The one interface to listen on, and what passes there unseen. */
export interface ChosenVantage {
  readonly interface: string
  readonly vantage: Vantage
  /** In a few words: whose answers pass this interface. */
  readonly sees: Clean
}

/** What the choice rests on: lines of files as the node shows them. */
export interface VantageEvidence {
  /** /proc/net/dev. */
  readonly interfaces: readonly string[]
  /** /proc/net/route. */
  readonly routes: readonly string[]
  /** /proc/net/ipv6_route, looked at when there is no IPv4 default route. */
  readonly routes6?: readonly string[]
  /** /etc/resolv.conf; undefined if it could not be read. */
  readonly resolvConf: readonly string[] | undefined
  /** Whether an address is the node's own: what it sends to itself goes over lo as well. */
  readonly own?: (address: string) => boolean
}

// Bridges that network plugins put pods on. docker0 is none of theirs: on a workstation it would hide the uplink.
export const podBridges: readonly string[] = ['cni0', 'cbr0', 'kube-bridge', 'weave']
const podCable = /^(cali|lxc|eni|azv|veth)[0-9a-f]/
const overlay = /^(flannel[.-]|vxlan|geneve|genev_sys|cilium_(vxlan|geneve|wg)|tunl\d|wg|wireguard)/

/** Interface names in the lines of /proc/net/dev. */
const namesIn = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line) => /^\s*([^\s:|]+):/.exec(line)?.[1] ?? [])

interface Route {
  readonly interface: string
  readonly metric: number
}

const leastMetric = (routes: readonly Route[]): string | undefined =>
  routes.reduce<Route | undefined>(
    (best, route) => (best === undefined || route.metric < best.metric ? route : best),
    undefined,
  )?.interface

const up = 0x1
const reject = 0x200
const usable = (flags: string | undefined): boolean => (Number.parseInt(flags ?? '0', 16) & (up | reject)) === up

/** The interface of the IPv4 default route with the least metric. */
const uplink4 = (lines: readonly string[]): string | undefined =>
  leastMetric(
    lines.flatMap((line) => {
      const [name, destination, , flags, , , metric, mask] = line.trim().split(/\s+/)
      const isDefault = destination === '00000000' && mask === '00000000' && usable(flags)
      return isDefault && name !== undefined ? [{ interface: name, metric: Number(metric) }] : []
    }),
  )

const uplink6 = (lines: readonly string[]): string | undefined =>
  leastMetric(
    lines.flatMap((line) => {
      const [destination, length, , , , metric, , , flags, name] = line.trim().split(/\s+/)
      const isDefault = /^0{32}$/.test(destination ?? '') && length === '00' && usable(flags) && name !== 'lo'
      return isDefault && name !== undefined ? [{ interface: name, metric: Number.parseInt(metric ?? '0', 16) }] : []
    }),
  )

/** The server asked first, by resolv.conf(5): without any line it is this machine. */
const firstServer = (lines: readonly string[]): string =>
  lines.flatMap((line) => /^nameserver\s+([^\s%]+)/.exec(line)?.[1] ?? [])[0] ?? '127.0.0.1'

/**
 * Chooses the one interface on which the answers to a node's clients pass, each once: the bridge of its pods, else lo
 * where the node asks itself, else the uplink. An uplink that carries pod traffic wrapped in an overlay shows none of it.
 */
export const chooseVantage = (evidence: VantageEvidence): ChosenVantage | Refusal => {
  const names = namesIn(evidence.interfaces)
  const bridge = podBridges.find((name) => names.includes(name))
  if (bridge !== undefined)
    return {
      interface: bridge,
      vantage: 'pods',
      sees: clean('pods of this node, unless pod and server share the bridge'),
    }
  const server = evidence.resolvConf && firstServer(evidence.resolvConf)
  if (server !== undefined && (isLoopback(server) || evidence.own?.(server) === true))
    return { interface: 'lo', vantage: 'loopback', sees: clean('programs of the host, not pods') }
  const uplink = uplink4(evidence.routes) ?? uplink6(evidence.routes6 ?? [])
  const wrapped = names.find((name) => overlay.test(name) && name !== uplink)
  if (uplink !== undefined && wrapped === undefined)
    return { interface: uplink, vantage: 'uplink', sees: clean('clients of this node whose server is elsewhere') }
  const cables = names.filter((name) => podCable.test(name))
  const [only] = cables
  if (only !== undefined && cables.length === 1)
    return { interface: only, vantage: 'pods', sees: clean('the one pod of this node') }
  return refuse(
    'no-data',
    wrapped === undefined
      ? 'No default route, no pod bridge and no resolver on lo: there is no place to listen.'
      : `wrapped: ${wrapped} carries the pods' answers inside other packets. CoreDNS's own metrics count them.`,
  )
}
