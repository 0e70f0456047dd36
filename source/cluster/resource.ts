import type { RecordKind, RecordOf } from '../events/records.ts'
import { slimSlice } from './slim/endpoint-slice.ts'
import { slimNode } from './slim/node.ts'
import { slimLease, slimNamespace } from './slim/others.ts'
import { slimPod } from './slim/pod.ts'
import { slimService } from './slim/service.ts'
import type { Slim } from './slim/slim.ts'

/** A resource of the API that records are made of. */
export interface Resource<Kind extends RecordKind> {
  readonly kind: Kind
  /** As in a rule of RBAC. */
  readonly name: string
  readonly group: string
  readonly version: string
  readonly namespaced: boolean
  readonly slim: Slim<RecordOf[Kind]>
}

const core = { group: '', version: 'v1' } as const

export const resources: { readonly [Kind in RecordKind]: Resource<Kind> } = {
  node: { ...core, kind: 'node', name: 'nodes', namespaced: false, slim: slimNode },
  pod: { ...core, kind: 'pod', name: 'pods', namespaced: true, slim: slimPod },
  service: { ...core, kind: 'service', name: 'services', namespaced: true, slim: slimService },
  namespace: { ...core, kind: 'namespace', name: 'namespaces', namespaced: false, slim: slimNamespace },
  endpointslice: {
    kind: 'endpointslice',
    name: 'endpointslices',
    group: 'discovery.k8s.io',
    version: 'v1',
    namespaced: true,
    slim: slimSlice,
  },
  lease: {
    kind: 'lease',
    name: 'leases',
    group: 'coordination.k8s.io',
    version: 'v1',
    namespaced: true,
    slim: slimLease,
  },
}

/** Where a resource is listed: everywhere, or in one namespace. */
export const pathOf = (
  { group, version, name }: Pick<Resource<RecordKind>, 'group' | 'version' | 'name'>,
  namespace?: string,
): string => {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  return namespace === undefined ? `${root}/${name}` : `${root}/namespaces/${encodeURIComponent(namespace)}/${name}`
}
