import { type Address, parseAddress } from '../events/address.ts'
import type { ClusterIdentity } from '../events/cluster.ts'
import type { Look } from '../events/looks.ts'
import type { PodId } from '../events/names.ts'
import type { Endpoint, PodRecord } from '../events/records.ts'
import { addressesIn } from './look-addresses.ts'
import type { Records } from './records.ts'
import type { Relations } from './relations.ts'
import type { Sources } from './sources.ts'

/** Who has an address. */
export type Owners = Pick<Relations, 'podAt' | 'serviceAt' | 'nodeAt'>

/** By what an address is told by name. */
export interface Names {
  readonly relations: Owners
  readonly services: Records['services']
}

/** What is known of a cluster as of one time, and how much of it: by that a look is told in names. A snapshot is what is known now. */
export interface Known {
  readonly records: Names & Pick<Records, 'pods'>
  readonly sources: Sources
  readonly cluster: ClusterIdentity | undefined
  /** Of the service whose rules were taken, as {@link endpointState} has them. */
  readonly endpoints?: string
}

/** How endpoints stand, in whatever order, as a text to compare. */
export const endpointState = (endpoints: readonly Pick<Endpoint, 'address' | 'ready' | 'terminating'>[]): string =>
  endpoints
    .map(({ address, ready, terminating }) => `${address} ${ready} ${terminating}`)
    .sort()
    .join('\n')

const endpointsFor = (look: Look, { slices }: Pick<Records, 'slices'>): Pick<Known, 'endpoints'> => {
  if (look.tab !== 'rules') return {}
  const own: Endpoint[] = []
  slices.forEach(({ service, family, endpoints }) => {
    if (service === look.service && family !== 'FQDN') own.push(...endpoints)
  })
  return { endpoints: endpointState(own) }
}

/** An address as it may stand in a look: with an interface, `fe80::1%eth0`, or a prefix length. */
export const addressIn = (text: string): Address | undefined => parseAddress(text.replace(/[%/].*$/, ''))

const found = <Id>(addresses: readonly Address[], at: (address: Address) => Id | undefined) => {
  const owners = new Map<Address, Id>()
  for (const address of addresses) {
    const id = at(address)
    if (id !== undefined) owners.set(address, id)
  }
  return (address: Address): Id | undefined => owners.get(address)
}

interface Now extends Known {
  readonly records: Records
}

/**
 * Of what is known now as much as a look is told by: to hold on to all records for each look would take megabytes. Undefined: its
 * tab names nobody.
 */
export const knownFor = (look: Look, now: () => Now): Known | undefined => {
  const texts = addressesIn(look)
  if (texts === undefined) return undefined
  const addresses = [...new Set(texts)].flatMap((text) => addressIn(text) ?? [])
  const { records, sources, cluster } = now()
  const { relations, services, pods: all } = records
  const owners: Owners = {
    podAt: found(addresses, relations.podAt),
    serviceAt: found(addresses, relations.serviceAt),
    nodeAt: found(addresses, relations.nodeAt),
  }
  const pods = new Map<PodId, PodRecord>()
  for (const address of addresses) {
    const id = owners.podAt(address)
    const pod = id === undefined ? undefined : all.get(id)
    if (id !== undefined && pod !== undefined) pods.set(id, pod)
  }
  return { records: { relations: owners, services, pods }, sources, cluster, ...endpointsFor(look, records) }
}
