import type { NamespaceName } from '../../events/names.ts'
import { recordsScreen } from '../../interface/cluster/records-screen.ts'
import { segment } from '../../interface/lines.ts'
import { namespaceRows, namespaceTable } from './rows.ts'

/** Every namespace, and what it holds. */
export const namespacesScreen = recordsScreen({
  name: 'namespaces',
  aliases: ['ns'],
  purpose: 'namespaces, with the pods and services in each',
  bindings: [
    { action: 'pods', keys: ['enter'], label: 'pods', header: 10 },
    { action: 'services', keys: ['s'], label: 'services', header: 12 },
  ],
  resources: ['namespaces', 'pods', 'services'],
  namespaced: false,
  table: () => namespaceTable,
  count: (snapshot) => namespaceRows(snapshot).length,
  act: (action, row) =>
    action === 'pods' || action === 'services'
      ? [{ type: 'open', screen: action, parameters: { namespace: row as NamespaceName } }]
      : undefined,
  hint: (_, row) => [
    [
      segment(` ${row} `, 'title'),
      segment('enter shows its pods, s its services; 0 there shows those of all namespaces', 'dim'),
    ],
  ],
})
