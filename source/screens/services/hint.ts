import type { ServiceRecord } from '../../events/records.ts'
import { objectHint } from '../../interface/object-hint.ts'
import { partWords, serviceSocketsOf } from '../../store/service-sockets.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import type { Segment } from '../../text/colour.ts'
import { externalWords, portWords } from './columns.ts'
import { endpointsOf } from './standing.ts'

const endpointWords = (snapshot: Snapshot, service: ServiceRecord): string => {
  if (service.serviceType === 'ExternalName') return 'a name, which has no endpoints'
  const endpoints = endpointsOf(snapshot, service)
  if (endpoints === undefined) return 'its endpoints are not known'
  const { ready, total } = endpoints
  if (total > 0) return `${ready} of ${total} endpoints ready`
  return service.selects ? 'no pod has the labels that it asks for' : 'nobody has written endpoints for it'
}

/** All of a service that its row may have cut, in at most two lines. */
export const serviceHint = (
  snapshot: Snapshot,
  service: ServiceRecord,
  width: number,
): readonly (readonly Segment[])[] => {
  const { id, serviceType, clusterAddresses, headless } = service
  const external = externalWords(snapshot, service)
  const outside = external === '' ? [] : [`outside ${external}`]
  const part = serviceType === 'ExternalName' ? undefined : partWords(serviceSocketsOf(snapshot))
  const words = [
    serviceType,
    // A load balancer that gives no address is what is wrong, and its column the first of those in a band to leave.
    ...(service.pending ? outside : []),
    endpointWords(snapshot, service),
    ...(headless ? ['headless'] : []),
    ...(clusterAddresses.length === 0 ? [] : [clusterAddresses.join(' ')]),
    ...(service.pending ? [] : outside),
    ...(service.ports.length === 0 ? [] : [`ports ${portWords(service)}`]),
    ...(part === undefined ? [] : [part]),
  ]
  return objectHint(id, ` ${words.join('; ')}`, width)
}
