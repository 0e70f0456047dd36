import type { ServiceId } from '../events/names.ts'
import type { Endpoint, SliceRecord } from '../events/records.ts'
import type { ClientSockets, End, ServerSockets, SocketGroup, Sockets } from '../events/sockets.ts'
import type { NodeName } from '../events/subject.ts'
import { clean } from '../text/clean.ts'
import { attributionOf, type Party } from './attribution.ts'
import type { Records } from './records.ts'
import type { Snapshot } from './snapshot.ts'

/** Sockets of one node that talk to one service, or were accepted by one of its endpoints. */
export interface ServiceGroup {
  readonly service: ServiceId
  readonly node: NodeName
  /** Whom of the service they talk to; undefined: it is not known. */
  readonly endpoint: End | undefined
  readonly group: ClientSockets | ServerSockets
  /** Seconds that {@link SocketGroup.again} covers. */
  readonly seconds: number
}

/** Where the sockets of nodes went that connected to somebody: a count of each. */
export interface SocketShares {
  /** To a service, and to an endpoint of it that is known. */
  readonly services: number
  /** To a service, but nobody knows to whom of it. */
  readonly endpointless: number
  /** To somebody who is known, and no service's: a pod, a node. */
  readonly others: number
  /** To an address that nobody of the cluster has. */
  readonly outside: number
  /** To an endpoint of several services at one port. */
  readonly ambiguous: number
  /** In groups too small to be told, or not read at all. */
  readonly untold: number
}

const noShares: SocketShares = {
  ...{ services: 0, endpointless: 0, others: 0, outside: 0, ambiguous: 0, untold: 0 },
}

/** What could not be attributed, of all that may be a service's, 0 to 100; NaN of none. */
export const unattributedShare = ({ services, endpointless, ambiguous, untold }: SocketShares): number => {
  const unknown = endpointless + ambiguous + untold
  return (100 * unknown) / (services + unknown)
}

/** Who may answer at an address. */
interface Answerer {
  readonly service: ServiceId
  readonly endpoint: Endpoint
  readonly ports: readonly number[]
}

type Answerers = ReadonlyMap<string, readonly Answerer[]>

const known = new WeakMap<Records['slices'], Answerers>()

/** Records are replaced less often than sockets are attributed. */
const answerersIn = ({ slices }: Records): Answerers => {
  const before = known.get(slices)
  if (before !== undefined) return before
  const answerers = new Map<string, Answerer[]>()
  slices.forEach(({ service, endpoints, ports }: SliceRecord) => {
    if (service === undefined) return
    for (const endpoint of endpoints) {
      const one = { service, endpoint, ports }
      const others = answerers.get(endpoint.address)
      if (others === undefined) answerers.set(endpoint.address, [one])
      else others.push(one)
    }
  })
  known.set(slices, answerers)
  return answerers
}

/**
 * The services that answer at an end. One that tells no ports answers at all of them, but not where others share the address:
 * a node's, which its processes have too.
 */
const servicesAt = (records: Records, { address, port }: End): readonly ServiceId[] => {
  const at = answerersIn(records).get(address) ?? []
  const isShared = records.relations.nodeAt(address) !== undefined
  const fitting = at.filter(({ ports }) => (ports.length === 0 ? !isShared : ports.includes(port)))
  return [...new Set(fitting.map(({ service }) => service))]
}

const tcp = clean('tcp')

type Verdict =
  | { readonly kind: 'service'; readonly service: ServiceId; readonly endpoint: End | undefined }
  | { readonly kind: 'others' | 'outside' | 'ambiguous' }

const byAddress = (records: Records, end: End, party: Party): Verdict => {
  const services = servicesAt(records, end)
  const [only] = services
  if (services.length > 1) return { kind: 'ambiguous' }
  if (only !== undefined) return { kind: 'service', service: only, endpoint: end }
  return { kind: party.kind === 'other' ? 'outside' : 'others' }
}

/** Whom the sockets of a client talk to: by the address that they were opened to, by who answers, by the answerer's address. */
const verdictOf = (records: Records, node: NodeName, { to, behind }: Pick<ClientSockets, 'to' | 'behind'>): Verdict => {
  const end = typeof behind === 'string' ? undefined : behind
  const { destination, backend } = attributionOf(records, node, {
    protocol: tcp,
    source: to.address,
    destination: to.address,
    port: to.port,
    answerer: end?.address ?? to.address,
    ...(end === undefined ? {} : { answererPort: end.port }),
    answered: to.address,
  })
  if (destination.kind === 'service') return { kind: 'service', service: destination.id, endpoint: end }
  return end === undefined ? byAddress(records, to, destination) : byAddress(records, end, backend ?? destination)
}

/** That of records by which sockets are attributed: the rest changes far more often. */
type Known = Pick<Records, 'relations' | 'services' | 'slices'>

const isSame = (one: Known, other: Known): boolean =>
  one.relations === other.relations && one.services === other.services && one.slices === other.slices

/** What one reading of a node means. */
interface Attributed {
  readonly by: Known
  readonly groups: readonly ServiceGroup[]
  readonly shares: SocketShares
}

const readings = new WeakMap<Sockets, Attributed>()

type Counting = { -readonly [Key in keyof SocketShares]: number }

const attribute = (records: Records, { node, groups, left, seconds }: Sockets): Attributed => {
  const shares: Counting = { ...noShares, untold: left }
  const told: ServiceGroup[] = []
  const add = (group: SocketGroup): void => {
    if (group.role === 'other') {
      shares.untold += group.sockets
      return
    }
    if (group.role === 'server') {
      const services = servicesAt(records, group.at)
      for (const service of services) told.push({ service, node, endpoint: group.at, group, seconds })
      return
    }
    const verdict = verdictOf(records, node, group)
    if (verdict.kind !== 'service') {
      shares[verdict.kind] += group.sockets
      return
    }
    const { service, endpoint } = verdict
    shares[endpoint === undefined ? 'endpointless' : 'services'] += group.sockets
    told.push({ service, node, endpoint, group, seconds })
  }
  for (const group of groups) add(group)
  const { relations, services, slices } = records
  return { by: { relations, services, slices }, groups: told, shares }
}

/** What one reading means, worked out once as long as addresses, services and endpoints are the same. */
const attributed = (records: Records, sockets: Sockets): Attributed => {
  const before = readings.get(sockets)
  if (before !== undefined && isSame(before.by, records)) return before
  const now = attribute(records, sockets)
  readings.set(sockets, now)
  return now
}

/** The sockets of all nodes that read those of all their namespaces now, by the service that they talk to. */
export interface ServiceSockets {
  readonly byService: ReadonlyMap<ServiceId, readonly ServiceGroup[]>
  readonly shares: SocketShares
  /** Nodes whose sockets these are, of so many. */
  readonly nodes: { readonly read: number; readonly of: number }
  /** Not all nodes tell theirs, or not of all namespaces: every count may be greater. */
  readonly isPart: boolean
}

/** Whose sockets these are, where some are missing: `2 of 3 nodes tell their sockets`; undefined where none are. */
export const partWords = ({ nodes, isPart }: ServiceSockets, whose = 'their sockets'): string | undefined => {
  if (!isPart) return undefined
  const some = nodes.read > 0 && nodes.read === nodes.of ? ', not of all namespaces' : ''
  return `${nodes.read} of ${nodes.of} nodes tell ${whose}${some}`
}

/** Whether a service to which no socket is known has none: each of all nodes is told, and whose it is. */
export const areAllKnown = ({ isPart, shares }: ServiceSockets): boolean =>
  !isPart && shares.untold === 0 && shares.ambiguous === 0

const isOfNow = (snapshot: Snapshot, node: NodeName): boolean => {
  const reading = snapshot.nodes.get(node)?.reading('rtt.sockets')
  return reading?.kind === 'live' && reading.scope === 'node'
}

/** Whether a node tells the sockets of some of its namespaces only. */
export const isPartlyRead = (snapshot: Snapshot, node: NodeName): boolean => {
  const reading = snapshot.nodes.get(node)?.reading('rtt.sockets')
  if (reading === undefined || reading.kind === 'missing' || reading.namespaces === undefined) return false
  return reading.namespaces.read < reading.namespaces.of
}

const made = new WeakMap<Snapshot, ServiceSockets>()

export const serviceSocketsOf = (snapshot: Snapshot): ServiceSockets => {
  const before = made.get(snapshot)
  if (before !== undefined) return before
  const byService = new Map<ServiceId, ServiceGroup[]>()
  const shares: Counting = { ...noShares }
  let [read, isPart] = [0, false]
  snapshot.nodes.forEach(({ name, sockets }) => {
    if (sockets === undefined || !isOfNow(snapshot, name)) return
    read += 1
    isPart ||= isPartlyRead(snapshot, name)
    const own = attributed(snapshot.records, sockets)
    for (const key of Object.keys(shares) as (keyof SocketShares)[]) shares[key] += own.shares[key]
    for (const one of own.groups) {
      const others = byService.get(one.service)
      if (others === undefined) byService.set(one.service, [one])
      else others.push(one)
    }
  })
  const nodes = { read, of: snapshot.nodes.size }
  const all: ServiceSockets = { byService, shares, nodes, isPart: isPart || read === 0 || read < nodes.of }
  made.set(snapshot, all)
  return all
}

/** Sockets of one role and node to one endpoint. */
interface Gathered {
  readonly side: 'client' | 'server'
  readonly node: NodeName
  readonly endpoint: End | undefined
  readonly groups: readonly ServiceGroup[]
}

/** The groups of a service by role, endpoint and node, under a name for each that stays. */
export const gatheredByEnd = (groups: readonly ServiceGroup[]): ReadonlyMap<string, Gathered> => {
  const gathered = new Map<string, Gathered & { readonly groups: ServiceGroup[] }>()
  for (const one of groups) {
    const { node, endpoint, group } = one
    const id = `${group.role} ${endpoint === undefined ? '?' : `${endpoint.address} ${endpoint.port}`} ${node}`
    const known = gathered.get(id)
    if (known === undefined) gathered.set(id, { side: group.role, node, endpoint, groups: [one] })
    else known.groups.push(one)
  }
  return gathered
}
