import type { Address } from '../../source/events/address.ts'
import type { Event } from '../../source/events/event.ts'
import type { Behind, ClientSockets, End, ServerSockets, Sockets } from '../../source/events/sockets.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { clean } from '../../source/text/clean.ts'

/** An end written `10.0.0.1 80`. */
export const end = (text: string): End => {
  const [address = '', port] = text.split(' ')
  return { address: address as Address, port: Number(port) }
}

interface Told {
  readonly times?: readonly number[]
  readonly sockets?: number
  readonly least?: number
  readonly again?: number
}

const shared = ({ times = [], sockets = times.length, least = Number.NaN, again = 0 }: Told) => ({
  ...{ sockets, least, again },
  roundTrips: Uint32Array.from(times).sort(),
})

/** Sockets of clients; times in microseconds. */
export const clients = (to: string, behind: string, told: Told = {}): ClientSockets => ({
  role: 'client',
  to: end(to),
  behind: behind === 'addressed' || behind === 'unknown' ? (behind satisfies Behind) : end(behind),
  ...shared(told),
})

export const servers = (at: string, told: Told = {}): ServerSockets => ({
  role: 'server',
  at: end(at),
  ...shared(told),
})

/** One reading of a node's sockets with what says that it is of all namespaces. */
export const socketsRead = (
  node: NodeName,
  seconds: number,
  groups: Sockets['groups'],
  more: Partial<Sockets> = {},
): readonly Event[] => [
  {
    type: 'origin',
    subject: { node },
    metric: 'rtt.sockets',
    origin: { tier: clean('sock_diag'), scope: 'node', namespaces: { read: 3, of: 3 } },
  },
  {
    type: 'sample',
    subject: { node },
    at: seconds * 1000,
    metrics: ['rtt.sockets'],
    values: [groups.reduce((sum, { roundTrips }) => sum + roundTrips.length, 0)],
  },
  { type: 'sockets', node, at: seconds * 1000, seconds: 10, groups, left: 0, tracked: true, ...more },
]
