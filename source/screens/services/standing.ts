import type { ServiceRecord } from '../../events/records.ts'
import { isRead } from '../../interface/cluster/sources.ts'
import { type Band, severity } from '../../metrics/metric.ts'
import type { Endpoints } from '../../store/relations.ts'
import type { Snapshot } from '../../store/snapshot.ts'

/** How many endpoints of a service are ready; undefined: they may not be read, or have not been yet. */
export const endpointsOf = (snapshot: Snapshot, { id, namespace }: ServiceRecord): Endpoints | undefined =>
  isRead(snapshot, 'endpointslices', namespace) ? snapshot.records.relations.endpointsOf(id) : undefined

/**
 * How a service stands: critical where there are endpoints and none is ready, a warning where some are not, where it chooses
 * pods and finds none, or where its load balancer has no address yet.
 */
export const serviceBand = (snapshot: Snapshot, service: ServiceRecord): Band => {
  if (service.serviceType === 'ExternalName') return 'ok'
  const endpoints = endpointsOf(snapshot, service)
  const pending: Band = service.pending ? 'warning' : 'ok'
  if (endpoints === undefined) return pending
  const { ready, total } = endpoints
  if (total === 0) return service.selects ? 'warning' : pending
  if (ready === 0) return 'critical'
  return ready < total ? 'warning' : pending
}

/** The place of a service's standing, the worst first. */
export const serviceRank = (snapshot: Snapshot, service: ServiceRecord): number =>
  -severity(serviceBand(snapshot, service))
