import type { NamespaceName, PodId, ServiceId, SliceId } from '../events/names.ts'
import type {
  LeaseRecord,
  NamespaceRecord,
  NodeRecord,
  PodRecord,
  RecordEvent,
  ServiceRecord,
  SliceRecord,
} from '../events/records.ts'
import type { NodeName } from '../events/subject.ts'
import { createRelations, type Relations } from './relations.ts'
import { createTable, type Table } from './table.ts'

/** What the API server says that there is, and what belongs to what. No map ever changes. */
export interface Records {
  readonly nodes: ReadonlyMap<NodeName, NodeRecord>
  readonly pods: ReadonlyMap<PodId, PodRecord>
  readonly services: ReadonlyMap<ServiceId, ServiceRecord>
  readonly slices: ReadonlyMap<SliceId, SliceRecord>
  readonly namespaces: ReadonlyMap<NamespaceName, NamespaceRecord>
  /** Only while they are read. */
  readonly leases: ReadonlyMap<NodeName, LeaseRecord>
  readonly relations: Relations
}

/** The records as the store keeps them. */
export interface RecordsKeeper {
  apply(event: RecordEvent): void
  /** As of now; the same object until a record comes, changes or goes. */
  view(): Records
}

interface Identified<Id> {
  readonly id: Id
}

/** Puts or takes out what an event tells of; `related` hears of what was there before and is there now. */
const change = <Id extends string, Kept extends Identified<Id>>(
  table: Table<Id, Kept>,
  event: { readonly change: 'put'; readonly record: Kept } | { readonly change: 'gone'; readonly id: Id },
  related?: (before: Kept | undefined, after: Kept | undefined) => void,
): void => {
  const id = event.change === 'put' ? event.record.id : event.id
  const before = table.get(id)
  if (event.change === 'put') table.set(id, event.record)
  else table.delete(id)
  related?.(before, event.change === 'put' ? event.record : undefined)
}

export const createRecords = (): RecordsKeeper => {
  const nodes = createTable<NodeName, NodeRecord>()
  const pods = createTable<PodId, PodRecord>()
  const services = createTable<ServiceId, ServiceRecord>()
  const slices = createTable<SliceId, SliceRecord>()
  const namespaces = createTable<NamespaceName, NamespaceRecord>()
  const leases = createTable<NodeName, LeaseRecord>()
  const relations = createRelations()
  let latest: Records | undefined

  return {
    apply(event) {
      latest = undefined
      switch (event.kind) {
        case 'node':
          return change(nodes, event, relations.node)
        case 'pod':
          return change(pods, event, relations.pod)
        case 'service':
          return change(services, event, relations.service)
        case 'endpointslice':
          return change(slices, event, relations.slice)
        case 'namespace':
          return change(namespaces, event)
        case 'lease':
          return change(leases, event)
      }
    },
    view() {
      latest ??= {
        nodes: nodes.view(),
        pods: pods.view(),
        services: services.view(),
        slices: slices.view(),
        namespaces: namespaces.view(),
        leases: leases.view(),
        relations: relations.view(),
      }
      return latest
    },
  }
}
