/** An object as the API server has it. */
export interface ApiObject {
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid?: string
    readonly resourceVersion?: string
    readonly [field: string]: unknown
  }
  readonly [field: string]: unknown
}

const created = '2026-01-31T11:00:00Z'

export const namespaceObject = (name: string): ApiObject => ({
  metadata: { name, creationTimestamp: created },
  status: { phase: 'Active' },
})

export const nodeObject = (name: string, address = '10.0.0.7'): ApiObject => ({
  metadata: { name, uid: `uid-${name}`, creationTimestamp: created, labels: { 'node-role.kubernetes.io/worker': '' } },
  spec: { podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24', 'fd00:1::/64'] },
  status: {
    addresses: [
      { type: 'InternalIP', address },
      { type: 'Hostname', address: name },
    ],
    conditions: [
      { type: 'MemoryPressure', status: 'False', reason: 'KubeletHasSufficientMemory', lastTransitionTime: created },
      { type: 'Ready', status: 'True', reason: 'KubeletReady', lastTransitionTime: created },
    ],
    nodeInfo: {
      bootID: '5f1c1d5e-0000-4000-8000-000000000001',
      machineID: '0123456789abcdef0123456789abcdef',
      kernelVersion: '6.1.0-18-amd64',
      kubeletVersion: 'v1.34.1',
      containerRuntimeVersion: 'containerd://2.1.0',
      osImage: 'Debian GNU/Linux 12 (bookworm)',
      architecture: 'amd64',
    },
  },
})

export interface PodSettings {
  readonly namespace?: string
  readonly node?: string
  readonly address?: string
  readonly ready?: boolean
  readonly created?: string
  readonly hostNetwork?: boolean
  readonly phase?: string
  readonly [field: string]: unknown
}

export const podObject = (
  name: string,
  {
    namespace = 'shop',
    node = 'worker-1',
    address = '10.244.1.5',
    ready = true,
    created: made = created,
    hostNetwork = false,
    phase = 'Running',
  }: PodSettings = {},
): ApiObject => ({
  metadata: {
    name,
    namespace,
    uid: `uid-of-${name}`,
    creationTimestamp: made,
    ownerReferences: [{ kind: 'ReplicaSet', name: 'web-7f9c5d', controller: true }],
    managedFields: [{ manager: 'kubelet', fieldsV1: { 'f:status': { 'f:phase': {} } } }],
  },
  spec: {
    nodeName: node,
    ...(hostNetwork ? { hostNetwork: true } : {}),
    containers: [{ name: 'web', image: 'registry.example/web:1' }],
  },
  status: {
    phase,
    startTime: made,
    podIP: address,
    podIPs: [{ ip: address }],
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    containerStatuses: [
      { name: 'web', ready, restartCount: 2, containerID: `containerd://${'ab'.repeat(32)}`, state: { running: {} } },
    ],
  },
})

export const serviceObject = (name: string, clusterIP = '10.96.0.10', namespace = 'shop'): ApiObject => ({
  metadata: { name, namespace, creationTimestamp: created },
  spec: {
    type: 'ClusterIP',
    clusterIP,
    clusterIPs: [clusterIP],
    selector: { app: name },
    ports: [{ name: 'http', protocol: 'TCP', port: 80 }],
  },
  status: { loadBalancer: {} },
})

export const sliceObject = (
  name: string,
  service: string,
  endpoints: readonly { readonly address: string; readonly pod: string; readonly ready?: boolean }[],
  namespace = 'shop',
): ApiObject => ({
  metadata: { name, namespace, creationTimestamp: created, labels: { 'kubernetes.io/service-name': service } },
  addressType: 'IPv4',
  endpoints: endpoints.map(({ address, pod, ready }) => ({
    addresses: [address],
    conditions: ready === undefined ? {} : { ready },
    nodeName: 'worker-1',
    targetRef: { kind: 'Pod', namespace, name: pod },
  })),
})
