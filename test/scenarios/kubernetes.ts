import type { Address } from '../../source/events/address.ts'
import type { ClusterContext, ClusterIdentity } from '../../source/events/cluster.ts'
import type { Event } from '../../source/events/event.ts'
import {
  type NamespaceName,
  nameOf,
  namespaceOf,
  type PodId,
  type ServiceId,
  type SliceId,
} from '../../source/events/names.ts'
import type {
  Endpoint,
  LeaseRecord,
  NamespaceRecord,
  NodeRecord,
  PodRecord,
  RecordKind,
  RecordOf,
  ServiceRecord,
  SliceRecord,
} from '../../source/events/records.ts'
import type { ApiStatus, SourceStatus } from '../../source/events/sources.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { clean } from '../../source/text/clean.ts'
import { epoch } from './cluster.ts'

const nothing = clean('')

/** Which cluster is watched, and the contexts of the kubeconfig. */
export const cluster = (more: Partial<ClusterIdentity> = {}, contexts: readonly ClusterContext[] = []): Event => ({
  type: 'cluster',
  identity: {
    context: clean('prod-oslo'),
    server: clean('https://10.0.0.1:6443'),
    user: clean('karin'),
    as: undefined,
    namespace: clean('default'),
    tls: 'verified',
    ...more,
  },
  contexts,
})

/** How the API server fares; its clock is that of the tests. */
export const api = (more: Partial<ApiStatus> = {}): Event => ({
  type: 'api',
  status: {
    state: 'live',
    cause: nothing,
    since: 0,
    latency: 45,
    heard: Number.NaN,
    version: clean('v1.34.1'),
    ahead: epoch,
    ...more,
  },
})

/** How one resource fares. */
export const source = (
  name: string,
  state: SourceStatus['state'] = 'live',
  more: Partial<SourceStatus> = {},
): Event => ({
  type: 'source',
  source: clean(name),
  status: {
    state,
    cause: nothing,
    known: Number.NaN,
    until: Number.NaN,
    lacking: [],
    leftOut: 0,
    leftOutCause: nothing,
    ...more,
  },
})

/** A right that is missing. */
export const lacking = (rule: string, feeds = 'what it feeds') => ({ rule: clean(rule), feeds: clean(feeds) })

/** All that is watched, live. */
export const allLive: readonly Event[] = ['nodes', 'pods', 'services', 'endpointslices', 'namespaces'].map((name) =>
  source(name),
)

export const put = <Kind extends RecordKind>(kind: Kind, record: RecordOf[Kind]): Event =>
  ({ type: 'record', kind, change: 'put', record }) as Event

export const gone = <Kind extends RecordKind>(kind: Kind, id: RecordOf[Kind]['id']): Event =>
  ({ type: 'record', kind, change: 'gone', id }) as Event

/** A ready node, made ten minutes before the tests begin. */
export const nodeRecord = (name: string, more: Partial<NodeRecord> = {}): NodeRecord => ({
  id: name as NodeName,
  version: '1',
  created: epoch - 600_000,
  ready: 'yes',
  reason: nothing,
  readySince: epoch - 590_000,
  troubles: [],
  unschedulable: false,
  deleting: false,
  addresses: [{ type: 'InternalIP', text: clean('10.0.0.7') }],
  podRanges: [],
  roles: [],
  zone: nothing,
  instance: nothing,
  kubelet: clean('v1.34.1'),
  kernel: clean('6.1.0-api'),
  runtime: nothing,
  system: nothing,
  architecture: nothing,
  bootId: nothing,
  machineId: nothing,
  ...more,
})

/** A cluster of two nodes, all of which is watched. */
export const twoNodes: readonly Event[] = [
  cluster(),
  api(),
  ...allLive,
  ...['worker-1', 'worker-2'].map((name) => put('node', nodeRecord(name))),
]

/** A running pod of two containers. */
export const podRecord = (id: string, more: Partial<PodRecord> = {}): PodRecord => ({
  id: id as PodId,
  version: '1',
  created: epoch - 300_000,
  uid: nothing,
  namespace: namespaceOf(id as PodId),
  name: nameOf(id as PodId),
  node: 'worker-1' as NodeName,
  phase: 'Running',
  reason: nothing,
  ready: true,
  deleting: false,
  hostNetwork: false,
  addresses: ['10.1.0.7' as Address],
  owner: clean('ReplicaSet/web-7f9c'),
  restarts: 0,
  started: epoch - 300_000,
  containers: [
    { name: clean('app'), id: nothing, ready: true },
    { name: clean('proxy'), id: nothing, ready: true },
  ],
  ...more,
})

/** A service inside the cluster. */
export const serviceRecord = (id: string, more: Partial<ServiceRecord> = {}): ServiceRecord => ({
  id: id as ServiceId,
  version: '1',
  created: epoch - 720_000,
  namespace: namespaceOf(id as ServiceId),
  name: nameOf(id as ServiceId),
  serviceType: 'ClusterIP',
  clusterAddresses: ['10.96.0.10' as Address],
  headless: false,
  external: [],
  pending: false,
  selects: true,
  ports: [{ name: nothing, protocol: clean('TCP'), port: 80, nodePort: 0 }],
  ...more,
})

/** The endpoints of a service: so many ready, so many not. */
export const sliceRecord = (service: string, ready: number, unready = 0): SliceRecord => ({
  id: `${service}-x7k2` as SliceId,
  version: '1',
  created: epoch,
  service: service as ServiceId,
  family: 'IPv4',
  endpoints: Array.from(
    { length: ready + unready },
    (_, index): Endpoint => ({
      address: clean(`10.1.0.${index + 1}`),
      ready: index < ready,
      terminating: false,
      node: undefined,
      pod: undefined,
    }),
  ),
  ports: [80],
})

export const namespaceRecord = (name: string, more: Partial<NamespaceRecord> = {}): NamespaceRecord => ({
  id: name as NamespaceName,
  version: '1',
  created: epoch - 3_600_000,
  terminating: false,
  ...more,
})

export const lease = (node: string, renewed: number): LeaseRecord => ({
  id: node as NodeName,
  version: '1',
  created: epoch,
  renewed,
})
