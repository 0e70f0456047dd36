import type { Address } from '../events/address.ts'
import type { PodId, ServiceId } from '../events/names.ts'
import type { NodeRecord, PodRecord, ServiceRecord, SliceRecord } from '../events/records.ts'
import type { NodeName } from '../events/subject.ts'
import { createTable, type Table } from './table.ts'

/** How many endpoints of a service there are, and how many of them are ready. */
export interface Endpoints {
  readonly ready: number
  readonly total: number
}

/** What belongs to what, as of a snapshot. Every question is answered without a search. */
export interface Relations {
  /** The pod that has an address of its own; of several that claim it the one made last, since addresses are used again. */
  podAt(address: Address): PodId | undefined
  /** The service that has a cluster address. */
  serviceAt(address: Address): ServiceId | undefined
  /** The node that has an internal or external address. */
  nodeAt(address: Address): NodeName | undefined
  podsOn(node: NodeName): ReadonlySet<PodId>
  /** The slices' endpoints of the family that has most of them; of two families with as many, the one that fares worse. */
  endpointsOf(service: ServiceId): Endpoints
}

/** Who claims an address, and since when, ms. */
interface Claim<Id> {
  readonly id: Id
  readonly created: number
}

/** Nearly always one, which is kept without a list around it. */
type Claims<Id> = Claim<Id> | readonly Claim<Id>[]

const claimsIn = <Id>(claims: Claims<Id> | undefined): readonly Claim<Id>[] =>
  claims === undefined ? [] : Array.isArray(claims) ? (claims as readonly Claim<Id>[]) : [claims as Claim<Id>]

const isLater = <Id extends string>(one: Claim<Id>, other: Claim<Id>): boolean =>
  one.created === other.created ? one.id > other.id : !(one.created <= other.created)

const claimant = <Id extends string>(claims: Claims<Id> | undefined): Id | undefined => {
  let best: Claim<Id> | undefined
  for (const claim of claimsIn(claims)) if (best === undefined || isLater(claim, best)) best = claim
  return best?.id
}

type Owners<Id extends string> = Table<Address, Claims<Id>>

const claim = <Id extends string>(owners: Owners<Id>, address: Address, wanted: Claim<Id>): void => {
  const others = claimsIn(owners.get(address)).filter(({ id }) => id !== wanted.id)
  owners.set(address, others.length === 0 ? wanted : [...others, wanted])
}

const release = <Id extends string>(owners: Owners<Id>, address: Address, id: Id): void => {
  const left = claimsIn(owners.get(address)).filter((claim) => claim.id !== id)
  const [only] = left
  if (only === undefined) owners.delete(address)
  else owners.set(address, left.length === 1 ? only : left)
}

/** What claims addresses, as of one time. */
interface Claimant {
  readonly addresses: readonly Address[]
  readonly created: number
}

const nobody: Claimant = { addresses: [], created: Number.NaN }

/** Moves claims from the addresses that something had to those that it has. */
const moveClaims = <Id extends string>(owners: Owners<Id>, id: Id, before: Claimant, after: Claimant): void => {
  const had = before.addresses
  const has = after.addresses
  const isSame = had.length === has.length && had.every((address, index) => address === has[index])
  if (isSame && Object.is(before.created, after.created)) return
  for (const address of had) if (!has.includes(address)) release(owners, address, id)
  for (const address of has) claim(owners, address, { id, created: after.created })
}

/** The addresses by which a pod is known: none on the host's network, and none once it has ended. */
const podClaimant = (pod: PodRecord | undefined): Claimant =>
  pod === undefined || pod.hostNetwork || pod.phase === 'Succeeded' || pod.phase === 'Failed' ? nobody : pod

const serviceClaimant = (service: ServiceRecord | undefined): Claimant =>
  service === undefined ? nobody : { addresses: service.clusterAddresses, created: service.created }

const nodeClaimant = (node: NodeRecord | undefined): Claimant =>
  node === undefined
    ? nobody
    : {
        addresses: node.addresses.flatMap(({ type, text }) => (type === 'Hostname' ? [] : [text as string as Address])),
        created: node.created,
      }

type Families = Readonly<Record<SliceRecord['family'], Endpoints>>

const none: Endpoints = { ready: 0, total: 0 }
const noFamilies: Families = { IPv4: none, IPv6: none, FQDN: none }

const countIn = ({ endpoints }: SliceRecord, sign: 1 | -1, { ready, total }: Endpoints): Endpoints => ({
  ready: ready + sign * endpoints.reduce((sum, endpoint) => sum + (endpoint.ready ? 1 : 0), 0),
  total: total + sign * endpoints.length,
})

const worst = (families: Families): Endpoints =>
  Object.values(families).reduce((worst, each) =>
    each.total > worst.total || (each.total === worst.total && each.ready < worst.ready) ? each : worst,
  )

/** A set of pods that is copied before it is written, once a view holds it. */
interface Group {
  readonly pods: Set<PodId>
  readonly generation: number
}

/** The relations as the store keeps them, one change at a time. */
export interface RelationsKeeper {
  pod(before: PodRecord | undefined, after: PodRecord | undefined): void
  service(before: ServiceRecord | undefined, after: ServiceRecord | undefined): void
  node(before: NodeRecord | undefined, after: NodeRecord | undefined): void
  slice(before: SliceRecord | undefined, after: SliceRecord | undefined): void
  /** As of now; it never changes afterwards, and is the same object until what belongs to what does. */
  view(): Relations
}

const noPods: ReadonlySet<PodId> = new Set()

export const createRelations = (): RelationsKeeper => {
  const pods: Owners<PodId> = createTable()
  const services: Owners<ServiceId> = createTable()
  const nodes: Owners<NodeName> = createTable()
  const groups = createTable<NodeName, Group>()
  const counts = createTable<ServiceId, Families>()
  let generation = 0
  let latest: { readonly tables: readonly unknown[]; readonly relations: Relations } | undefined

  const groupOf = (node: NodeName): Set<PodId> => {
    const known = groups.get(node)
    if (known !== undefined && known.generation === generation) return known.pods
    const pods = new Set(known?.pods)
    groups.set(node, { pods, generation })
    return pods
  }

  const leave = (node: NodeName, pod: PodId): void => {
    const group = groupOf(node)
    group.delete(pod)
    if (group.size === 0) groups.delete(node)
  }

  const add = (slice: SliceRecord | undefined, sign: 1 | -1): void => {
    if (slice?.service === undefined) return
    const families = counts.get(slice.service) ?? noFamilies
    const next = { ...families, [slice.family]: countIn(slice, sign, families[slice.family]) }
    if (Object.values(next).every(({ total }) => total === 0)) counts.delete(slice.service)
    else counts.set(slice.service, next)
  }

  return {
    pod(before, after) {
      const id = before?.id ?? after?.id
      if (id === undefined) return
      moveClaims(pods, id, podClaimant(before), podClaimant(after))
      if (before?.node === after?.node) return
      if (before?.node !== undefined) leave(before.node, id)
      if (after?.node !== undefined) groupOf(after.node).add(id)
    },
    service(before, after) {
      const id = before?.id ?? after?.id
      if (id !== undefined) moveClaims(services, id, serviceClaimant(before), serviceClaimant(after))
    },
    node(before, after) {
      const id = before?.id ?? after?.id
      if (id !== undefined) moveClaims(nodes, id, nodeClaimant(before), nodeClaimant(after))
    },
    slice(before, after) {
      add(before, -1)
      add(after, 1)
    },
    view() {
      const [podAt, serviceAt, nodeAt] = [pods.view(), services.view(), nodes.view()]
      const [groupAt, countAt] = [groups.view(), counts.view()]
      const tables: readonly unknown[] = [podAt, serviceAt, nodeAt, groupAt, countAt]
      if (latest?.tables.every((table, index) => table === tables[index])) return latest.relations
      // A set that a view holds is copied before it is written, which is a change of its table.
      generation++
      const relations: Relations = {
        podAt: (address) => claimant(podAt.get(address)),
        serviceAt: (address) => claimant(serviceAt.get(address)),
        nodeAt: (address) => claimant(nodeAt.get(address)),
        podsOn: (node) => groupAt.get(node)?.pods ?? noPods,
        endpointsOf: (service) => worst(countAt.get(service) ?? noFamilies),
      }
      latest = { tables, relations }
      return relations
    },
  }
}
