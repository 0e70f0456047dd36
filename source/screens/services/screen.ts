import type { ServiceId } from '../../events/names.ts'
import { recordsScreen } from '../../interface/cluster/records-screen.ts'
import { serviceOf } from './columns.ts'
import { serviceHint } from './hint.ts'
import { serviceRows, serviceTable } from './rows.ts'

/** Every service of the cluster or of one namespace, those without a ready endpoint first. */
export const servicesScreen = recordsScreen({
  name: 'services',
  aliases: ['svc'],
  purpose: 'services of all namespaces or of one, those that serve nobody first',
  bindings: [
    { action: 'open', keys: ['enter'], label: 'open', header: 10 },
    { action: 'pods', keys: ['p'], label: 'pods of its namespace', header: 12, hint: { keys: 'p', label: 'pods' } },
  ],
  rowOf: ({ service }) => service,
  resources: ['services', 'endpointslices'],
  namespaced: true,
  table: serviceTable,
  count: (snapshot, namespace) =>
    namespace === undefined ? snapshot.records.services.size : serviceRows(snapshot, namespace).length,
  act(action, row, snapshot) {
    const service = serviceOf(snapshot, row)
    if (service === undefined) return undefined
    if (action === 'pods') return [{ type: 'open', screen: 'pods', parameters: { namespace: service.namespace } }]
    return action === 'open'
      ? [{ type: 'open', screen: 'service', parameters: { service: service.id, namespace: service.namespace } }]
      : undefined
  },
  subject: (_, row) => ({ service: row as ServiceId }),
  hint(snapshot, row, width) {
    const service = serviceOf(snapshot, row)
    return service === undefined ? undefined : serviceHint(snapshot, service, width)
  },
})
