import type { Clean } from '../text/clean.ts'
import type { Address } from './address.ts'
import type { NamespaceName, PodId, ServiceId, SliceId } from './names.ts'
import type { NodeName } from './subject.ts'

/** What all records share. Times are the API server's, in ms since 1970; NaN: not said. */
interface Shared<Id extends string> {
  readonly id: Id
  /** `resourceVersion`: opaque, and another one whenever anything changed. */
  readonly version: string
  readonly created: number
}

/** An address that the API knows a node by. What it says is the kubelet's word. */
export interface NodeAddress {
  readonly type: 'InternalIP' | 'ExternalIP' | 'Hostname'
  /** A canonical address, for a hostname a DNS-1123 name: whatever else was said is left out. */
  readonly text: Clean
}

/** A condition of a node that is not as it should be: a pressure, or a network that is not set up. */
export interface NodeCondition {
  readonly type: Clean
  readonly reason: Clean
  readonly since: number
}

export interface NodeRecord extends Shared<NodeName> {
  readonly ready: 'yes' | 'no' | 'unknown'
  /** Why it is not ready. */
  readonly reason: Clean
  /** Since when it is, or is not, ready. */
  readonly readySince: number
  readonly troubles: readonly NodeCondition[]
  readonly unschedulable: boolean
  readonly deleting: boolean
  readonly addresses: readonly NodeAddress[]
  readonly podRanges: readonly Clean[]
  readonly roles: readonly Clean[]
  readonly zone: Clean
  readonly instance: Clean
  readonly kubelet: Clean
  readonly kernel: Clean
  readonly runtime: Clean
  readonly system: Clean
  readonly architecture: Clean
  /** Empty where the kubelet did not say. */
  readonly bootId: Clean
  readonly machineId: Clean
}

export interface ContainerRecord {
  readonly name: Clean
  /** As the runtime knows it, in hexadecimal; empty before it was started. */
  readonly id: Clean
  readonly ready: boolean
}

export interface PodRecord extends Shared<PodId> {
  readonly uid: Clean
  readonly namespace: NamespaceName
  readonly name: Clean
  /** Undefined while no node was chosen. */
  readonly node: NodeName | undefined
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown'
  /** What keeps it from running, such as `CrashLoopBackOff`; empty where nothing does. */
  readonly reason: Clean
  readonly ready: boolean
  readonly deleting: boolean
  readonly hostNetwork: boolean
  readonly addresses: readonly Address[]
  /** `ReplicaSet/web-7f9c`; empty where nothing controls it. */
  readonly owner: Clean
  /** The Deployment of the ReplicaSet that controls it, as far as their names tell; empty or not there: none. */
  readonly deployment?: Clean
  readonly restarts: number
  readonly started: number
  readonly containers: readonly ContainerRecord[]
}

export interface ServicePort {
  readonly name: Clean
  readonly protocol: Clean
  readonly port: number
  /** 0: none. */
  readonly nodePort: number
}

export interface ServiceRecord extends Shared<ServiceId> {
  readonly namespace: NamespaceName
  readonly name: Clean
  readonly serviceType: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName'
  /** None for a headless one and for a name. */
  readonly clusterAddresses: readonly Address[]
  readonly headless: boolean
  /** Addresses and names of its load balancer, its external addresses, or the name that it stands for. */
  readonly external: readonly Clean[]
  /** A load balancer was asked for and has given no address. */
  readonly pending: boolean
  /** Whether it chooses its pods itself; without a selector somebody else writes its endpoints. */
  readonly selects: boolean
  readonly ports: readonly ServicePort[]
}

export interface Endpoint {
  readonly address: Clean
  readonly ready: boolean
  readonly terminating: boolean
  readonly node: NodeName | undefined
  readonly pod: PodId | undefined
}

export interface SliceRecord extends Shared<SliceId> {
  /** Undefined where it belongs to no service. */
  readonly service: ServiceId | undefined
  readonly family: 'IPv4' | 'IPv6' | 'FQDN'
  readonly endpoints: readonly Endpoint[]
  /** The TCP ports of all of them; none where it tells none, or not by number. */
  readonly ports: readonly number[]
}

export interface NamespaceRecord extends Shared<NamespaceName> {
  readonly terminating: boolean
}

/** A kubelet's sign of life. Its `id` is the node's name. */
export interface LeaseRecord extends Shared<NodeName> {
  readonly renewed: number
}

/** The record of each kind. */
export interface RecordOf {
  readonly node: NodeRecord
  readonly pod: PodRecord
  readonly service: ServiceRecord
  readonly endpointslice: SliceRecord
  readonly namespace: NamespaceRecord
  readonly lease: LeaseRecord
}

export type RecordKind = keyof RecordOf

/** An object of the cluster that came or changed, or that is gone. */
export type RecordEvent = {
  readonly [Kind in RecordKind]:
    | { readonly type: 'record'; readonly kind: Kind; readonly change: 'put'; readonly record: RecordOf[Kind] }
    | { readonly type: 'record'; readonly kind: Kind; readonly change: 'gone'; readonly id: RecordOf[Kind]['id'] }
}[RecordKind]
