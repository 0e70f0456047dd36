import { recordsScreen } from '../../interface/cluster/records-screen.ts'
import { serviceOf } from './columns.ts'
import { serviceHint } from './hint.ts'
import { serviceRows, serviceTable } from './rows.ts'

/** Every service of the cluster or of one namespace, those without a ready endpoint first. */
export const servicesScreen = recordsScreen({
  name: 'services',
  aliases: ['svc', 'service'],
  purpose: 'services of all namespaces or of one, those that serve nobody first',
  bindings: [{ action: 'pods', keys: ['enter'], label: 'pods', header: 10 }],
  rowOf: ({ service }) => service,
  resources: ['services', 'endpointslices'],
  namespaced: true,
  table: serviceTable,
  count: (snapshot, namespace) =>
    namespace === undefined ? snapshot.records.services.size : serviceRows(snapshot, namespace).length,
  act(action, row, snapshot) {
    const service = serviceOf(snapshot, row)
    return action === 'pods' && service !== undefined
      ? [{ type: 'open', screen: 'pods', parameters: { namespace: service.namespace } }]
      : undefined
  },
  hint(snapshot, row, width) {
    const service = serviceOf(snapshot, row)
    return service === undefined ? undefined : serviceHint(snapshot, service, width)
  },
})
