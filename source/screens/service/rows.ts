import type { Address } from '../../events/address.ts'
import type { ServiceId } from '../../events/names.ts'
import type { Endpoint } from '../../events/records.ts'
import type { NodeName } from '../../events/subject.ts'
import { perSnapshot } from '../../interface/per-snapshot.ts'
import { areAllKnown, gatheredByEnd, serviceSocketsOf } from '../../store/service-sockets.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { figuresOf, type SocketFigures } from '../../store/socket-figures.ts'

/** Sockets of one node to one endpoint, or an endpoint that none is known to talk to. */
export interface EndpointRow {
  readonly id: string
  /** Who measures; undefined: nobody. */
  readonly side: 'client' | 'server' | undefined
  /** Whose sockets these are: for a client's the clients' node. */
  readonly node: NodeName | undefined
  /** Undefined: it is not known to whom of the service. */
  readonly address: Address | string | undefined
  readonly port: number | undefined
  readonly record: Endpoint | undefined
  readonly figures: SocketFigures | undefined
}

const endpointsOf = ({ records }: Snapshot, service: ServiceId): ReadonlyMap<string, Endpoint> => {
  const endpoints = new Map<string, Endpoint>()
  records.slices.forEach((slice) => {
    if (slice.service !== service) return
    for (const endpoint of slice.endpoints) endpoints.set(endpoint.address, endpoint)
  })
  return endpoints
}

const rowsOf = (snapshot: Snapshot, service: ServiceId): ReadonlyMap<string, EndpointRow> => {
  const sockets = serviceSocketsOf(snapshot)
  const own = sockets.byService.get(service) ?? []
  const endpoints = endpointsOf(snapshot, service)
  const rows = new Map<string, EndpointRow>()
  const talkedTo = new Set<string>()
  for (const [id, { side, node, endpoint, groups }] of gatheredByEnd(own)) {
    if (endpoint !== undefined && side === 'client') talkedTo.add(endpoint.address)
    rows.set(id, {
      ...{ id, side, node, address: endpoint?.address, port: endpoint?.port },
      record: endpoint === undefined ? undefined : endpoints.get(endpoint.address),
      figures: figuresOf(groups),
    })
  }
  // A socket of which nobody knows to whom of the service it talks may be of any of them.
  const isWhole =
    areAllKnown(sockets) && own.every(({ group, endpoint }) => group.role !== 'client' || endpoint !== undefined)
  for (const [address, record] of endpoints) {
    if (talkedTo.has(address)) continue
    const figures = isWhole ? figuresOf([]) : undefined
    const id = `none ${address}`
    rows.set(id, { id, side: undefined, node: undefined, address, port: undefined, record, figures })
  }
  return rows
}

const worked = perSnapshot((): Map<ServiceId, ReadonlyMap<string, EndpointRow>> => new Map())

/** The rows of a service, by their ids. */
export const endpointRows = (snapshot: Snapshot, service: ServiceId): ReadonlyMap<string, EndpointRow> => {
  const before = worked(snapshot).get(service)
  if (before !== undefined) return before
  const rows = rowsOf(snapshot, service)
  worked(snapshot).set(service, rows)
  return rows
}

const sides = ['client', undefined, 'server'] as const

const slowness = ({ figures }: EndpointRow): number => {
  const p50 = figures?.p50 ?? Number.NaN
  return Number.isNaN(p50) ? Number.NEGATIVE_INFINITY : p50
}

/** What clients measure first, the slowest of it first; then endpoints that nobody talks to; then what servers measure. */
export const compareRows = (one: EndpointRow, other: EndpointRow): number =>
  sides.indexOf(one.side) - sides.indexOf(other.side) ||
  Math.sign(slowness(other) - slowness(one)) ||
  (one.id < other.id ? -1 : 1)
