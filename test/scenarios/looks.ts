import type { Address } from '../../source/events/address.ts'
import type { Event } from '../../source/events/event.ts'
import { type Inquiry, inquiryKey, type Report } from '../../source/events/inquiry.ts'
import type { PathInterface, TalkPartner } from '../../source/events/look-path.ts'
import type { RuleBackend } from '../../source/events/look-rules.ts'
import type {
  ConntrackLook,
  FlowGroup,
  Footing,
  Look,
  NetworkInterface,
  OverviewLook,
  PathLook,
  ResolverLook,
  Route,
  RoutesLook,
  RulesLook,
  Socket,
  SocketsLook,
  StackLook,
  TabName,
  Traffic,
} from '../../source/events/looks.ts'
import type { ServiceId } from '../../source/events/names.ts'
import type { PodRecord } from '../../source/events/records.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { placeOf } from '../../source/screens/pod/target.ts'
import { clean } from '../../source/text/clean.ts'

export const uidOf = (number: number) => clean(`${String(number).padStart(8, '0')}-aaaa-4bbb-8ccc-0123456789ab`)
export const containerId = (number: number) => clean(String(number).padStart(64, 'a'))

export const footing = (more: Partial<Footing> = {}): Footing => ({
  way: clean('its cgroup'),
  pid: 4711,
  right: 'root',
  namespace: 4_026_532_567,
  isHost: false,
  ...more,
})

const common = (command: string) => ({
  footing: footing(),
  lacks: [],
  byHand: [clean(`nsenter -t 4711 -n ${command}`)],
})

export const traffic = (more: Partial<Traffic> = {}): Traffic => ({
  bytes: 12_400_000,
  packets: 31_000,
  errors: 0,
  drops: 0,
  ...more,
})

export const networkInterface = (name: string, more: Partial<NetworkInterface> = {}): NetworkInterface => ({
  name: clean(name),
  index: 2,
  mac: clean('52:54:00:12:34:56'),
  mtu: 1450,
  state: clean('UP'),
  kind: clean('veth'),
  qdisc: clean('noqueue'),
  addresses: [clean('10.1.0.7/24')],
  peer: { index: 17, name: clean('veth1a2b3c4d'), mtu: 1450 },
  received: traffic(),
  sent: traffic({ bytes: 3_100_000 }),
  ...more,
})

const loopback = (): NetworkInterface => ({
  name: clean('lo'),
  mtu: 65_536,
  state: clean('UNKNOWN'),
  addresses: [clean('127.0.0.1/8'), clean('::1/128')],
  received: traffic({ bytes: 0, packets: 0 }),
  sent: traffic({ bytes: 0, packets: 0 }),
})

export const overviewLook = (more: Partial<OverviewLook> = {}): OverviewLook => ({
  tab: 'overview',
  ...common('ip -d -s addr'),
  interfaces: [loopback(), networkInterface('eth0')],
  underlay: { name: clean('ens3'), mtu: 1500 },
  tunnels: [],
  ...more,
})

export const route = (destination: string, more: Partial<Route> = {}): Route => ({
  family: 4,
  destination: clean(destination),
  gateway: clean(''),
  device: clean('eth0'),
  source: clean(''),
  protocol: clean('kernel'),
  scope: clean('link'),
  kind: clean('unicast'),
  table: clean('main'),
  ...more,
})

export const routesLook = (more: Partial<RoutesLook> = {}): RoutesLook => ({
  tab: 'routes',
  ...common('ip route show table all'),
  routes: [
    route('local 10.1.0.7', { table: clean('local'), kind: clean('local') }),
    route('10.1.0.0/24', { source: clean('10.1.0.7') }),
    route('default', { gateway: clean('10.1.0.1'), protocol: clean('boot'), scope: clean('global') }),
  ],
  rules: [
    { family: 4, priority: 0, selector: clean('from all'), action: clean('lookup local') },
    { family: 4, priority: 32_766, selector: clean('from all'), action: clean('lookup main') },
  ],
  neighbours: [
    { address: clean('10.1.0.1'), device: clean('eth0'), mac: clean('1e:aa:bb:cc:dd:ee'), state: clean('REACHABLE') },
  ],
  ...more,
})

export const socket = (peer: string, port: number, more: Partial<Socket> = {}): Socket => ({
  protocol: 'tcp',
  state: clean('ESTAB'),
  localAddress: clean('10.1.0.7'),
  localPort: 40_000 + (port % 1000),
  peerAddress: clean(peer),
  peerPort: port,
  receiveQueue: 0,
  sendQueue: 0,
  rtt: 0.42,
  leastRtt: 0.2,
  retransmits: 0,
  bytesSent: 12_000,
  bytesReceived: 340_000,
  ...more,
})

export const listener = (port: number): Socket => ({
  protocol: 'tcp',
  state: clean('LISTEN'),
  localAddress: clean('0.0.0.0'),
  localPort: port,
  peerAddress: clean('0.0.0.0'),
  peerPort: 0,
  receiveQueue: 0,
  sendQueue: 128,
})

export const socketsLook = (sockets: readonly Socket[], more: Partial<SocketsLook> = {}): SocketsLook => ({
  tab: 'sockets',
  ...common('ss -tunapi'),
  sockets,
  total: sockets.length,
  ...more,
})

export const resolverLook = (more: Partial<ResolverLook> = {}): ResolverLook => ({
  tab: 'dns',
  ...common('cat /etc/resolv.conf'),
  file: clean('/var/lib/containerd/sandboxes/ab/resolv.conf'),
  servers: [clean('10.96.0.10')],
  searches: ['web.svc.cluster.local', 'svc.cluster.local', 'cluster.local'].map((domain) => clean(domain)),
  ndots: 5,
  timeout: 5,
  attempts: 2,
  options: [],
  notes: [],
  ...more,
})

/** A pod's part of a table: what it opened, and what it answers. */
export const conntrackLook = (
  client: readonly FlowGroup[],
  backend: readonly FlowGroup[] = [],
  more: Partial<ConntrackLook> = {},
): ConntrackLook => {
  const flowsOf = (groups: readonly FlowGroup[]) => ({
    groups,
    rest: 0,
    total: groups.reduce((sum, { count }) => sum + count, 0),
  })
  return {
    tab: 'conntrack',
    ...common('conntrack -L'),
    byHand: ['-s', '-r'].map((word) => clean(`conntrack -L -f ipv4 ${word} 10.1.0.7`)),
    addresses: ['10.1.0.7' as Address],
    entries: 1234,
    maximum: 262_144,
    expectedCost: 32,
    isQuestion: false,
    flows: { client: flowsOf(client), backend: flowsOf(backend), others: 0 },
    cost: 30,
    own: { entries: 0, counters: [] },
    ...more,
  }
}

/** Counters by name: their values, and what they gain in a second. */
export const stackLook = (
  counters: Readonly<Record<string, number | readonly [value: number, perSecond: number]>>,
  more: Partial<StackLook> = {},
): StackLook => ({
  tab: 'stack',
  ...common('nstat -asz'),
  uptime: 1000,
  identity: clean('net:[4026532567]'),
  seconds: 5,
  counters: Object.entries(counters).map(([name, told]) =>
    typeof told === 'number'
      ? { name: clean(name), value: told }
      : { name: clean(name), value: told[0], perSecond: told[1] },
  ),
  ...more,
})

/** The inquiry of a pod's tab, or of a node's own. */
export const inquiryAbout = (of: PodRecord | string, tab: TabName): Inquiry =>
  typeof of === 'string'
    ? { node: of as NodeName, place: { kind: 'host' }, tab }
    : { node: of.node ?? ('' as NodeName), place: placeOf(of), tab }

export const report = (of: PodRecord | string, tab: TabName, told: Report): Event => ({
  type: 'report',
  key: inquiryKey(inquiryAbout(of, tab)),
  report: told,
})

/** What a pod's tab, or a node's own, shows from a second on. */
export const seen = (of: PodRecord | string, look: Look, second: number): Event =>
  report(of, look.tab, { state: 'live', at: second * 1000, look })

export const ended = (of: PodRecord | string, look: Look, second: number, cause: string): Event =>
  report(of, look.tab, { state: 'ended', at: second * 1000, look, cause: clean(cause) })

export const refused = (of: PodRecord | string, tab: TabName, cause: string): Event =>
  report(of, tab, { state: 'refused', cause: clean(cause) })

export const talkPartner = (address: string, port: number, sockets = 1): TalkPartner => ({
  address: address as Address,
  port,
  sockets,
  over: 0,
  opening: 0,
  rtt: 0.42,
  leastRtt: 0.2,
  retransmits: 0,
  sendQueue: 0,
})

const pathInterface = (name: string): PathInterface => ({
  name: clean(name),
  drops: 0,
  errors: 0,
  dropsPerSecond: 0,
  errorsPerSecond: 0,
})

/** What is told of the way from a pod to a service. */
export const pathLook = (more: Partial<PathLook> = {}): PathLook => ({
  tab: 'path',
  ...common('ss -tuani'),
  tcp: { sent: 90_000, sentAgain: 12, window: { seconds: 5, sent: 1000, sentAgain: 0 } },
  partners: [talkPartner('10.96.3.3', 80, 4)],
  beyond: 0,
  inside: pathInterface('eth0'),
  outside: pathInterface('veth1a2b3c4d'),
  bridge: pathInterface('cni0'),
  ...more,
})

const door = { name: clean(''), protocol: 'tcp', port: 80, nodePort: 0 } as const
const chain = clean('KUBE-SVC-MBPW3GG7TM37VYLW')

const ruleBackend = (address: string, name: string): RuleBackend => ({
  family: 4,
  door,
  policy: 'cluster',
  address: address as Address,
  port: 8080,
  share: 0.5,
  chain: clean(name),
})

/** The rules of a service of two backends. */
export const rulesLook = (more: Partial<RulesLook> = {}): RulesLook => ({
  tab: 'rules',
  footing: footing({ isHost: true }),
  lacks: [],
  byHand: [clean(`iptables-nft -t nat -S ${chain}`)],
  service: 'web/front' as ServiceId,
  way: 'iptables-nft',
  backends: [ruleBackend('10.1.0.7', 'KUBE-SEP-A'), ruleBackend('10.1.0.8', 'KUBE-SEP-B')],
  elements: [],
  rules: [
    `-A ${chain} ! -s 10.1.0.0/16 -d 10.96.1.1/32 -p tcp -m comment --comment "web/front cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ`,
    `-A ${chain} -m statistic --mode random --probability 0.5 -j KUBE-SEP-A`,
    `-A ${chain} -j KUBE-SEP-B`,
  ].map((text) => ({ family: 4, chain, text: clean(text) })),
  unlisted: 0,
  others: [],
  ...more,
})
