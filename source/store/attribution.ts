import { type Address, parseAddress } from '../events/address.ts'
import type { FlowGroup } from '../events/looks.ts'
import type { PodId, ServiceId } from '../events/names.ts'
import type { ServiceRecord } from '../events/records.ts'
import type { NodeName } from '../events/subject.ts'
import type { Names } from './known.ts'

/** By what a service was reached. */
export type Door = 'cluster address' | 'external address' | 'node port'

/** Who has an address of a connection, by what the API server tells. */
export type Party =
  | { readonly kind: 'pod'; readonly id: PodId }
  | { readonly kind: 'service'; readonly id: ServiceId; readonly by: Door }
  /** The node itself or a pod on its network: they share its addresses. */
  | { readonly kind: 'node'; readonly name: NodeName }
  /** Nobody that is known. */
  | { readonly kind: 'other'; readonly address: Address }

/** Whose a tracked connection is. */
export interface Attribution {
  readonly client: Party
  /** Whom the client addressed. */
  readonly destination: Party
  /** Who answers, where that is another one: the destination was translated (DNAT). */
  readonly backend?: Party
  /** Whose address the answerer sees, where that is not the client's: the source was translated (SNAT, masquerade). */
  readonly disguise?: Party
}

interface Doors {
  /** By `tcp 30080`. */
  readonly nodePorts: ReadonlyMap<string, ServiceId>
  readonly external: ReadonlyMap<Address, readonly ServiceRecord[]>
}

const doorsOf = (services: Names['services']): Doors => {
  const nodePorts = new Map<string, ServiceId>()
  const external = new Map<Address, ServiceRecord[]>()
  services.forEach((service) => {
    for (const { protocol, nodePort } of service.ports)
      if (nodePort !== 0) nodePorts.set(`${protocol.toLowerCase()} ${nodePort}`, service.id)
    if (service.serviceType === 'ExternalName') return
    for (const text of service.external) {
      const address = parseAddress(text)
      if (address === undefined) continue
      const others = external.get(address)
      if (others === undefined) external.set(address, [service])
      else others.push(service)
    }
  })
  return { nodePorts, external }
}

const known = new WeakMap<Names['services'], Doors>()

/** Records are replaced less often than connections are attributed. */
const doorsIn = ({ services }: Names): Doors => {
  const before = known.get(services)
  if (before !== undefined) return before
  const doors = doorsOf(services)
  known.set(services, doors)
  return doors
}

const ofItself = /^(127\.|::1$)/

/** Who has an address, with no regard to ports. `node`: whose table it stands in, to which loopback belongs. */
const partyAt = ({ relations }: Names, node: NodeName, address: Address): Party => {
  const pod = relations.podAt(address)
  if (pod !== undefined) return { kind: 'pod', id: pod }
  const name = ofItself.test(address) ? node : relations.nodeAt(address)
  if (name !== undefined) return { kind: 'node', name }
  const service = relations.serviceAt(address)
  return service === undefined ? { kind: 'other', address } : { kind: 'service', id: service, by: 'cluster address' }
}

type Sent = Pick<FlowGroup, 'protocol' | 'source' | 'destination' | 'port' | 'answerer' | 'answererPort' | 'answered'>

/** Whether another one answers than was addressed: maybe another port of the same address, as behind a node port. */
const isTranslated = ({ destination, port, answerer, answererPort }: Sent): boolean =>
  answerer !== destination || (port !== undefined && answererPort !== undefined && answererPort !== port)

const serviceOf = (records: Names, group: Sent, wasTranslated: boolean): Party | undefined => {
  const { destination, port, protocol } = group
  const cluster = records.relations.serviceAt(destination)
  if (cluster !== undefined) return { kind: 'service', id: cluster, by: 'cluster address' }
  const { external, nodePorts } = doorsIn(records)
  const outer = external
    .get(destination)
    ?.find(({ ports }) => ports.some((one) => one.port === port && one.protocol.toLowerCase() === protocol))
  if (outer !== undefined) return { kind: 'service', id: outer.id, by: 'external address' }
  // Where nothing was translated it is a process of the node that listens there.
  const id = wasTranslated && port !== undefined ? nodePorts.get(`${protocol} ${port}`) : undefined
  return id === undefined ? undefined : { kind: 'service', id, by: 'node port' }
}

/**
 * Whose connections are. The first tuple is as the client sent it: its source is the client, its destination what was addressed.
 * The second is what an answer looks like: its source is who was chosen to answer, its destination whom the answerer sees.
 */
export const attributionOf = (records: Names, node: NodeName, group: Sent): Attribution => {
  const { source, destination, answerer, answered } = group
  const wasTranslated = isTranslated(group)
  return {
    client: partyAt(records, node, source),
    destination: serviceOf(records, group, wasTranslated) ?? partyAt(records, node, destination),
    ...(wasTranslated ? { backend: partyAt(records, node, answerer) } : {}),
    ...(answered === source ? {} : { disguise: partyAt(records, node, answered) }),
  }
}

/**
 * Seconds that an entry stays once nothing more is sent, by protocol and state; undefined: it stays for as long as its
 * connection is open. Names as the kernel's settings have them (Documentation/networking/nf_conntrack-sysctl.rst).
 */
export const lingerOf = (
  { protocol, state, standing }: Pick<FlowGroup, 'protocol' | 'state' | 'standing'>,
  timeouts: ReadonlyMap<string, number>,
): number | undefined => {
  if (protocol === 'udp') return timeouts.get(standing === 'assured' ? 'udp_timeout_stream' : 'udp_timeout')
  if (state === 'ESTABLISHED') return undefined
  return timeouts.get(state === '' ? `${protocol}_timeout` : `${protocol}_timeout_${state.toLowerCase()}`)
}
