import type { Event } from '../../source/events/event.ts'
import type { Link, LinkState, OptInStatus } from '../../source/events/link.ts'
import type { Scope } from '../../source/events/origin.ts'
import type { Request } from '../../source/events/request.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { catalogue, type MetricId, metricOf } from '../../source/metrics/catalogue.ts'
import { clean } from '../../source/text/clean.ts'

/** Figures of a node that a test cares about; the others are those of a calm node. NaN is a gap. */
export type Figures = Readonly<Partial<Record<MetricId, number>>>

/** Wall time of monotonic 0. */
export const epoch = Date.UTC(2026, 0, 31, 12)

export const nodeNames = (count: number): readonly NodeName[] =>
  Array.from({ length: count }, (_, index) => `worker-${index + 1}` as NodeName)

/** What every node takes without being asked: all but what needs an opt-in or minutes of growth. */
const taken = catalogue.map(({ id }) => id).filter((id) => !/^dns\.|^fdatasync\.|time_to_full$/.test(id))

const calm: Figures = {
  'conntrack.fill': 12,
  'conntrack.entries': 31_457,
  'conntrack.max': 262_144,
  'rtt.p50': 0.31,
  'rtt.sockets': 57,
  'tcp.retransmit_share': 0.1,
  'nic.rx': 12e6,
  'nic.tx': 9e6,
  'udp.datagrams_out': 40,
  'cpu.busy': 21,
}

export const clock = (seconds: number, late = 0): Event => ({
  type: 'clock',
  at: seconds * 1000,
  wall: epoch + seconds * 1000,
  late,
})

export const link = (
  node: NodeName,
  seconds: number,
  state: LinkState,
  cause = '',
  more: Partial<Link> = {},
): Event => ({
  type: 'link',
  subject: { node },
  link: { transport: 'ssh', state, cause: clean(cause), ...more },
  at: seconds * 1000,
})

/** A question to a person, the words of which come from outside. */
export const request = (id: string, asked: Partial<Omit<Request, 'id'>> = {}): Event => ({
  type: 'request',
  request: {
    id,
    kind: 'login',
    title: clean(`${id} asks:`),
    lines: [clean('Password for karin:')],
    answer: 'secret',
    ...asked,
  },
})

export const optIn = (node: NodeName, status: Partial<OptInStatus> & Pick<OptInStatus, 'name'>): Event => ({
  type: 'opt-in',
  node,
  status: {
    asked: false,
    command: clean(
      status.name === 'disk-probe' ? "perl -e '... fdatasync ...' /var/lib/kntop" : 'tcpdump -p -U -i cni0',
    ),
    state: 'off',
    detail: clean(status.name === 'disk-probe' ? 'five small writes a second' : '2 us of CPU per answer'),
    ...status,
  },
})

/** Names and clients of DNS lookups. */
export const lookups = (node: NodeName, seconds: number, names: Readonly<Record<string, number>>): readonly Event[] =>
  (['lookup-names', 'lookup-clients'] as const).map((what) => ({
    type: 'tally',
    node,
    what,
    at: seconds * 1000,
    seconds: 60,
    rows: Object.entries(what === 'lookup-names' ? names : { '10.0.0.7': 5 }).map(([name, count]) => ({
      name: clean(name),
      count,
    })),
    left: 0,
  }))

/** Who asked for which names: client, name, answers, and how many of them were NXDOMAIN. */
export const pairs = (
  node: NodeName,
  seconds: number,
  rows: readonly (readonly [client: string, name: string, count: number, nxdomain: number])[],
  left = 0,
): Event => ({
  ...{ type: 'tally', node, what: 'lookup-pairs', at: seconds * 1000, seconds: 40, left },
  rows: rows.map(([client, name, count, nxdomain]) => ({ client: clean(client), name: clean(name), count, nxdomain })),
})

/** A node that was just reached: its link, facts, opt-ins, and where each figure comes from. */
export const arrival = (node: NodeName, seconds: number): readonly Event[] => [
  link(node, seconds, 'live'),
  { type: 'fact', subject: { node }, fact: 'kernel.release', value: clean('6.1.0') },
  optIn(node, { name: 'disk-probe' }),
  optIn(node, { name: 'dns-capture' }),
  ...catalogue.map(
    ({ id, signal }): Event => ({
      type: 'origin',
      subject: { node },
      metric: id,
      origin: taken.includes(id)
        ? { tier: clean(signal === 'rtt' ? 'ss' : 'proc'), scope: 'host' }
        : id === 'conntrack.time_to_full'
          ? { missing: 'no-data', advice: clean('needs three minutes of growth') }
          : {
              missing: 'not-asked',
              advice: clean(`ask for ${signal === 'dns' ? 'dns-capture' : 'disk-probe'} with the key w`),
            },
    }),
  ),
]

/** A reading of everything that a node takes, and of what the test adds. */
export const reading = (node: NodeName, seconds: number, figures: Figures = {}): Event => {
  const metrics = [...new Set([...taken, ...(Object.keys(figures) as MetricId[])])]
  const values = metrics.map((id) => figures[id] ?? calm[id] ?? 0)
  return {
    type: 'sample',
    subject: { node },
    at: seconds * 1000,
    metrics,
    values: Float64Array.from(values),
    observations: Float64Array.from(metrics, (id) => (metricOf(id).denominator === undefined ? Number.NaN : 5000)),
  }
}

/** Makes a figure that needs an opt-in one that is taken. */
export const origin = (node: NodeName, metric: MetricId, tier: string, scope: Scope = 'host'): Event => ({
  type: 'origin',
  subject: { node },
  metric,
  origin: { tier: clean(tier), scope },
})
