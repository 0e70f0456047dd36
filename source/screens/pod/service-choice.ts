import { type Address, parseAddress } from '../../events/address.ts'
import type { ServiceDoor, ServicePlace } from '../../events/look-rules.ts'
import type { PodId, ServiceId } from '../../events/names.ts'
import type { Endpoint, ServiceRecord } from '../../events/records.ts'
import { emptyWords } from '../../interface/cluster/sources.ts'
import type { Records } from '../../store/records.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import type { Clean } from '../../text/clean.ts'
import type { Target } from './target.ts'

interface ByService {
  readonly ofPod: ReadonlyMap<PodId, readonly ServiceId[]>
  readonly endpoints: ReadonlyMap<ServiceId, readonly FamilyEndpoint[]>
}

/** An endpoint, with the family of its slice. */
export interface FamilyEndpoint extends Endpoint {
  readonly family: 4 | 6
}

const known = new WeakMap<Records['slices'], ByService>()

/** Slices are replaced less often than a screen is drawn. */
const indexOf = ({ slices }: Records): ByService => {
  const before = known.get(slices)
  if (before !== undefined) return before
  const ofPod = new Map<PodId, Set<ServiceId>>()
  const endpoints = new Map<ServiceId, FamilyEndpoint[]>()
  slices.forEach(({ service, family, endpoints: own }) => {
    if (service === undefined || family === 'FQDN') return
    const all = endpoints.get(service) ?? []
    endpoints.set(service, all)
    for (const endpoint of own) {
      all.push({ ...endpoint, family: family === 'IPv6' ? 6 : 4 })
      if (endpoint.pod === undefined) continue
      const services = ofPod.get(endpoint.pod) ?? new Set()
      ofPod.set(endpoint.pod, services.add(service))
    }
  })
  const index = {
    ofPod: new Map([...ofPod].map(([pod, services]) => [pod, [...services].sort()] as const)),
    endpoints,
  }
  known.set(slices, index)
  return index
}

/** The endpoints of a service by its slices, of both families. */
export const endpointsOf = ({ records }: Snapshot, service: ServiceId): readonly FamilyEndpoint[] =>
  indexOf(records).endpoints.get(service) ?? []

/** Services that choose the pod, by their names. */
export const servicesOf = ({ records }: Snapshot, target: Target): readonly ServiceId[] =>
  target.kind === 'pod' ? (indexOf(records).ofPod.get(target.record.id) ?? []) : []

/** The service whose rules are meant: the one that was named, else the first that chooses the pod and has an address. */
export const chosenService = (
  snapshot: Snapshot,
  target: Target,
  aim: Clean | undefined,
): ServiceRecord | undefined => {
  const { services } = snapshot.records
  const named = aim === undefined ? undefined : services.get(aim as string as ServiceId)
  if (named !== undefined) return named
  const own = servicesOf(snapshot, target).flatMap((id) => services.get(id) ?? [])
  return own.find(({ clusterAddresses }) => clusterAddresses.length > 0) ?? own[0]
}

const doorsOf = ({ ports }: ServiceRecord): readonly ServiceDoor[] =>
  ports.flatMap(({ name, protocol, port, nodePort }) => {
    const small = protocol.toLowerCase()
    return small === 'tcp' || small === 'udp' || small === 'sctp' ? [{ name, protocol: small, port, nodePort }] : []
  })

/** What a node is told of a service, to find its rules. */
export const servicePlaceOf = (record: ServiceRecord): ServicePlace => ({
  id: record.id,
  addresses: [
    ...record.clusterAddresses,
    ...record.external.flatMap((text): readonly Address[] => {
      const address = parseAddress(text)
      return address === undefined ? [] : [address]
    }),
  ],
  doors: doorsOf(record),
})

const typedWords = ':rules NAMESPACE/SERVICE names one'

/** Why no node has rules of a service, or why none is meant, and `how` to name one; undefined: they can be asked for. */
export const serviceTrouble = (
  snapshot: Snapshot,
  target: Target,
  service: ServiceRecord | undefined,
  how = typedWords,
): string | undefined => {
  if (service === undefined) {
    if (snapshot.records.services.size === 0) return `no service is known: ${emptyWords(snapshot, 'services')}`
    return target.kind === 'host' ? `whose rules? ${how}` : `no service chooses this pod; ${how}`
  }
  if (service.serviceType === 'ExternalName')
    return `${service.id} stands for the name ${service.external.join(' ')}: no node has rules for it`
  if (service.headless || service.clusterAddresses.length === 0)
    return `${service.id} is headless: no node has rules for it, its name leads to its pods themselves`
  return doorsOf(service).length === 0 ? `${service.id} has no port: no node has rules for it` : undefined
}

/** The next one of a list, from its end to its beginning. */
export const nextOf = <Item>(items: readonly Item[], current: Item | undefined): Item | undefined =>
  items[(current === undefined ? 0 : items.indexOf(current) + 1) % Math.max(1, items.length)]
