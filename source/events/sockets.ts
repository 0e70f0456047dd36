import type { Address } from './address.ts'
import type { NodeName } from './subject.ts'

/** An end of a connection. */
export interface End {
  readonly address: Address
  readonly port: number
}

/**
 * Who answers a client's sockets: the end that the connection tracking names, where the destination was translated; the
 * addressed one itself; or nobody knows, since there is no entry or it was not asked for.
 */
export type Behind = End | 'addressed' | 'unknown'

/** Established sockets of a node's namespaces that have something in common. */
interface Shared {
  readonly sockets: number
  /** Round-trip times of those that sent and were answered within 5 s, in microseconds, sorted. */
  readonly roundTrips: Uint32Array
  /** The least round-trip time that the kernel keeps of these, in microseconds; NaN: not told. */
  readonly least: number
  /** Segments sent again since the reading before, by sockets that were there then; NaN at a first reading. */
  readonly again: number
}

/** Sockets that connected to one end and are answered by one. */
export interface ClientSockets extends Shared {
  readonly role: 'client'
  readonly to: End
  readonly behind: Behind
}

/** Sockets that were accepted at one end: their round-trip times are those towards clients. */
export interface ServerSockets extends Shared {
  readonly role: 'server'
  readonly at: End
}

/** Sockets in so many small groups that they were put together. */
export interface OtherSockets extends Shared {
  readonly role: 'other'
}

export type SocketGroup = ClientSockets | ServerSockets | OtherSockets

/** One reading of the sockets of all namespaces of a node, loopback and the namespace's own addresses left out. */
export interface Sockets {
  readonly type: 'sockets'
  readonly node: NodeName
  readonly at: number
  /** Seconds since the reading before, which {@link SocketGroup.again} covers; NaN at a first one. */
  readonly seconds: number
  readonly groups: readonly SocketGroup[]
  /** Sockets that were there and not read. */
  readonly left: number
  /** Whether the node tracks connections; without it no answerer is known. */
  readonly tracked: boolean
}
