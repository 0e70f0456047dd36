import type { Clean } from '../text/clean.ts'
import type { FlowGroup, FlowGroups } from './flow-groups.ts'
import type { SeenConntrack } from './look-conntrack.ts'
import type { SeenPath } from './look-path.ts'
import type { SeenRules } from './look-rules.ts'
import type { SeenStack } from './look-stack.ts'

export type { FlowGroup, FlowGroups } from './flow-groups.ts'

/** How a namespace was reached. */
export interface Footing {
  /** How the process was found that stands for it: `its cgroup`, `a search of all processes`, `crictl`, `ctr`. */
  readonly way: Clean
  readonly pid: number
  /** `root` enters the namespace; a `user` sees what `/proc/PID/net` shows. */
  readonly right: 'root' | 'user'
  /** The inode of the namespace; not there where it may not be read. */
  readonly namespace?: number
  /** It is the node's own. */
  readonly isHost: boolean
}

/** Something that could be shown and is not, and what it takes. */
export interface Lack {
  readonly what: Clean
  readonly advice: Clean
}

interface Seen<Tab extends string> {
  readonly tab: Tab
  readonly footing: Footing
  readonly lacks: readonly Lack[]
  /** What a person would type on the node to see the same. */
  readonly byHand: readonly Clean[]
}

/** Counters since the interface came to be. */
export interface Traffic {
  readonly bytes: number
  readonly packets: number
  readonly errors: number
  readonly drops: number
}

export interface NetworkInterface {
  readonly name: Clean
  /** Not there where only counters may be read. */
  readonly index?: number
  readonly mac?: Clean
  readonly mtu?: number
  /** `UP`, `DOWN`, `UNKNOWN`. */
  readonly state?: Clean
  /** `veth`, `bridge`, `vxlan`; empty for an ordinary one. */
  readonly kind?: Clean
  readonly qdisc?: Clean
  /** With their prefix lengths. */
  readonly addresses: readonly Clean[]
  /** The other end, in the namespace of the host. */
  readonly peer?: { readonly index: number; readonly name: Clean; readonly mtu: number }
  readonly received: Traffic
  readonly sent: Traffic
}

/** An interface of the host that wraps packets. */
export interface Tunnel {
  readonly name: Clean
  /** `vxlan`, `geneve`, `wireguard`, `ipip`, `ip6tnl`, `gre`. */
  readonly kind: Clean
  /** Of what goes in. */
  readonly mtu: number
}

export interface OverviewLook extends Seen<'overview'> {
  readonly interfaces: readonly NetworkInterface[]
  /** The host's interface that its default route names, to hold MTUs against. */
  readonly underlay?: { readonly name: Clean; readonly mtu: number }
  /** The host's tunnels that are up: packets to pods of other nodes may take one. */
  readonly tunnels: readonly Tunnel[]
  /** Its own connection tracking. */
  readonly conntrack?: { readonly entries: number }
}

export interface Route {
  readonly family: 4 | 6
  /** `default`, an address or a range. */
  readonly destination: Clean
  /** Empty: the destination is on the link. */
  readonly gateway: Clean
  readonly device: Clean
  /** Address that packets leave with; empty: not said. */
  readonly source: Clean
  readonly metric?: number
  readonly protocol: Clean
  readonly scope: Clean
  /** `unicast`, `blackhole`, `unreachable`. */
  readonly kind: Clean
  /** Empty: not told. */
  readonly table: Clean
}

/** A rule of policy routing. */
export interface RoutingRule {
  readonly family: 4 | 6
  readonly priority: number
  /** What it applies to, as `ip rule` words it: `from 10.0.0.7 iif eth1`. */
  readonly selector: Clean
  /** What it leads to: `lookup main`. */
  readonly action: Clean
}

export interface Neighbour {
  readonly address: Clean
  readonly device: Clean
  /** Empty where nobody answered. */
  readonly mac: Clean
  /** `REACHABLE`, `STALE`, `FAILED`. Without root only whether it is known: `VALID`, `PERMANENT`, `INCOMPLETE`. */
  readonly state: Clean
}

export interface RoutesLook extends Seen<'routes'> {
  readonly routes: readonly Route[]
  readonly rules: readonly RoutingRule[]
  readonly neighbours: readonly Neighbour[]
}

/** One socket. Numbers that the kernel did not tell are not there. */
export interface Socket {
  readonly protocol: 'tcp' | 'udp'
  /** `ESTAB`, `LISTEN`, `TIME-WAIT`. */
  readonly state: Clean
  readonly localAddress: Clean
  readonly localPort: number
  readonly peerAddress: Clean
  /** 0: any. */
  readonly peerPort: number
  /** Not there where the kernel names none: nobody holds it any more. */
  readonly inode?: number
  /** Bytes that wait; of one that listens: connections that wait to be accepted, and how many may. */
  readonly receiveQueue: number
  readonly sendQueue: number
  /** Milliseconds: smoothed, and the least that was seen. */
  readonly rtt?: number
  readonly leastRtt?: number
  /** Segments sent again since it was opened. */
  readonly retransmits?: number
  readonly bytesSent?: number
  readonly bytesReceived?: number
  /** Since the look before; not there in the first one, and where a counter went back: that is another socket. */
  readonly sentPerSecond?: number
  readonly receivedPerSecond?: number
  readonly retransmitsPerSecond?: number
  /** Name and pid of a process that holds it; only where it may be read. */
  readonly process?: Clean
}

export interface SocketsLook extends Seen<'sockets'> {
  /** Those that listen, and of the others the ones with most trouble. */
  readonly sockets: readonly Socket[]
  /** How many there are in all: those beyond a bound are counted and not shown. */
  readonly total: number
}

export interface ResolverLook extends Seen<'dns'> {
  /** Where it was read, such as `/var/lib/.../resolv.conf`: a file of the host, as the pod sees it. */
  readonly file: Clean
  readonly servers: readonly Clean[]
  readonly searches: readonly Clean[]
  readonly ndots: number
  /** Seconds until the next server is asked, and rounds over all of them. */
  readonly timeout: number
  readonly attempts: number
  /** Each as written: `ndots:5`, `rotate`. */
  readonly options: readonly Clean[]
  /** What is in the file and has another effect than one may think. */
  readonly notes: readonly Clean[]
}

export interface NewFlowGroup extends FlowGroup {
  /** Seconds that the kernel gives an entry as it makes it. */
  readonly timeout: number
}

/** Connections that began while somebody listened. */
export interface NewFlows extends FlowGroups<NewFlowGroup> {
  /** For how long. */
  readonly seconds: number
  /** The kernel had more to tell than was taken: there were more of them. */
  readonly isLossy: boolean
}

/** Who fills a table of tracked connections. */
export interface FlowsLook extends Seen<'flows'> {
  /** As the table's own counters say. */
  readonly entries: number
  readonly maximum: number
  /** Settings of connection tracking by name, such as `udp_timeout`: seconds. */
  readonly timeouts: readonly { readonly name: Clean; readonly seconds: number }[]
  /** CPU milliseconds that a listing of so many entries is expected to take. */
  readonly expectedCost: number
  /** Not there: it takes a yes first. */
  readonly listed?: {
    readonly flows: FlowGroups
    /** The listing ended before its end: there are more entries. */
    readonly brokeOff?: true
    /** Not there: nobody could listen, `lacks` says why. */
    readonly began?: NewFlows
    /** CPU milliseconds that all of it took. */
    readonly cost: number
  }
}

/** What connection tracking has of a pod. */
export interface ConntrackLook extends Seen<'conntrack'>, SeenConntrack {}

/** What the protocols of a namespace count. */
export interface StackLook extends Seen<'stack'>, SeenStack {}

/** What kube-proxy or Cilium has of one service. */
export interface RulesLook extends Seen<'rules'>, SeenRules {}

/** The first hops of what a pod sends. */
export interface PathLook extends Seen<'path'>, SeenPath {}

/** What is seen in one tab. */
export type Look =
  | OverviewLook
  | RoutesLook
  | SocketsLook
  | ResolverLook
  | FlowsLook
  | ConntrackLook
  | StackLook
  | RulesLook
  | PathLook

export type TabName = Look['tab']
