import type { ServiceRecord } from '../../events/records.ts'
import { segment, wrapInto } from '../../interface/lines.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
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
  const words = [
    serviceType,
    endpointWords(snapshot, service),
    ...(headless ? ['headless'] : []),
    ...(clusterAddresses.length === 0 ? [] : [clusterAddresses.join(' ')]),
    ...(external === '' ? [] : [`outside ${external}`]),
    ...(service.ports.length === 0 ? [] : [`ports ${portWords(service)}`]),
  ]
  const [first = clean(''), ...others] = wrapInto(clean(`${id}  ${words.join('; ')}`), Math.max(10, width - 1), 2)
  const head = first.startsWith(id) ? id : ''
  return [
    [segment(` ${head}`, 'title'), segment(first.slice(head.length))],
    ...others.map((text) => [segment(' '), { text, style: 'plain' as const }]),
  ]
}
