import { type NamespaceName, nameOf, type ServiceId } from '../../events/names.ts'
import type { ServiceRecord } from '../../events/records.ts'
import { ageColumn, ageOf } from '../../interface/cluster/age.ts'
import { isPast } from '../../interface/cluster/sources.ts'
import { segment } from '../../interface/lines.ts'
import { perSnapshot } from '../../interface/per-snapshot.ts'
import type { Column } from '../../interface/table/column.ts'
import { nameColumn, namespaceColumn, wordColumn } from '../../interface/table/column-kinds.ts'
import { clamp } from '../../interface/table/table-state.ts'
import { serviceSocketsOf } from '../../store/service-sockets.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean, joinClean } from '../../text/clean.ts'
import { formatAge } from '../../text/units.ts'
import { roundTripColumns, serviceFigures } from './round-trips.ts'
import { endpointsOf, serviceBand } from './standing.ts'

export const serviceOf = (snapshot: Snapshot, row: string): ServiceRecord | undefined =>
  snapshot.records.services.get(row as ServiceId)

/** What is reached from outside; how long a load balancer has been waited for. */
export const externalWords = (snapshot: Snapshot, { external, pending, created }: ServiceRecord): string => {
  if (!pending) return external.join(' ')
  const age = ageOf(snapshot, created)
  return Number.isNaN(age) ? 'pending' : `pending ${formatAge(age)}`
}

/** `53/UDP 53 9153`: TCP is not said; with the port on the nodes, where there is one. */
export const portWords = ({ ports }: ServiceRecord): string =>
  ports
    .map(({ port, protocol, nodePort }) => {
      const node = nodePort === 0 ? '' : `:${nodePort}`
      return `${port}${node}${protocol === 'TCP' || protocol === '' ? '' : `/${protocol}`}`
    })
    .join(' ')

const addressWords = ({ clusterAddresses, headless, serviceType }: ServiceRecord): string => {
  if (headless) return 'headless'
  return serviceType === 'ExternalName' ? '' : clusterAddresses.join(' ')
}

const endpointsColumn: Column = {
  id: 'endpoints',
  heading: 'ENDPOINTS',
  width: 9,
  priority: 1,
  align: 'right',
  cell: (snapshot, row, _, theme) => {
    const service = serviceOf(snapshot, row)
    if (service === undefined || service.serviceType === 'ExternalName') return segment('-', 'missing')
    const endpoints = endpointsOf(snapshot, service)
    if (endpoints === undefined) return segment('?', 'missing')
    const band = serviceBand(snapshot, service)
    const style = isPast(snapshot, 'endpointslices') ? 'stale' : band
    const words = clean(endpoints.total === 0 ? 'none' : `${endpoints.ready}/${endpoints.total}`)
    return { text: band === 'ok' ? words : joinClean([theme.glyphs.standing[band], clean(' '), words]), style }
  },
  sortKey: (snapshot, row) => {
    const service = serviceOf(snapshot, row)
    return service === undefined ? undefined : endpointsOf(snapshot, service)?.ready
  },
}

const externalColumn = wordColumn(
  { id: 'external', heading: 'EXTERNAL', width: 11, most: 45, priority: 3 },
  (snapshot, row) => {
    const service = serviceOf(snapshot, row)
    if (service === undefined) return undefined
    const words = externalWords(snapshot, service)
    return words === '' ? undefined : segment(words, service.pending ? 'warning' : 'plain')
  },
)

const longestOf = perSnapshot(({ records }) => {
  let [namespace, name] = [0, 0]
  records.services.forEach((service) => {
    namespace = Math.max(namespace, service.namespace.length)
    name = Math.max(name, service.name.length)
  })
  return { namespace, name }
})

const plainColumn = (shape: Parameters<typeof wordColumn>[0], wordsOf: (service: ServiceRecord) => string): Column =>
  wordColumn(shape, (snapshot, row) => {
    const service = serviceOf(snapshot, row)
    const words = service === undefined ? '' : wordsOf(service)
    return words === '' ? undefined : segment(words)
  })

const roundTrips = roundTripColumns(
  (snapshot, row) => serviceFigures(snapshot, row as ServiceId),
  5,
  6,
  (snapshot) => serviceSocketsOf(snapshot).isPart,
)

/** The columns of services; without that of the namespace where there is but one. */
export const serviceColumns = (snapshot: Snapshot, namespace: NamespaceName | undefined): readonly Column[] => {
  const longest = longestOf(snapshot)
  return [
    ...(namespace === undefined ? [namespaceColumn(longest.namespace)] : []),
    nameColumn(
      { id: 'name', heading: 'NAME', width: clamp(longest.name, 8, 20), most: longest.name, priority: 0 },
      (_, row) => nameOf(row as ServiceId),
    ),
    plainColumn({ id: 'type', heading: 'TYPE', width: 12, priority: 2 }, ({ serviceType }) => serviceType),
    plainColumn({ id: 'address', heading: 'CLUSTER-IP', width: 15, most: 40, priority: 10 }, addressWords),
    externalColumn,
    plainColumn({ id: 'ports', heading: 'PORTS', width: 10, most: 30, priority: 11 }, portWords),
    endpointsColumn,
    ...roundTrips,
    ageColumn(4, (snapshot, row) => serviceOf(snapshot, row)?.created ?? Number.NaN),
  ]
}
