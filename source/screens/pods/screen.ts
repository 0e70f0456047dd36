import { recordsScreen } from '../../interface/cluster/records-screen.ts'
import { said } from '../../interface/screen.ts'
import { podOf } from './columns.ts'
import { podHint } from './hint.ts'
import { podCount } from './rows.ts'
import { podTable } from './table.ts'

/** Every pod of the cluster or of one namespace, those that do not run first. */
export const podsScreen = recordsScreen({
  name: 'pods',
  aliases: ['po', 'pod'],
  purpose: 'pods of all namespaces or of one, those that are not well first',
  bindings: [{ action: 'node', keys: ['enter', 'o'], label: 'node', header: 10 }],
  resources: ['pods'],
  namespaced: true,
  table: (namespace) => podTable({ namespace }),
  count: (snapshot, namespace) => podCount(snapshot, { namespace }),
  act(action, row, snapshot) {
    if (action !== 'node') return undefined
    const node = podOf(snapshot, row)?.node
    return node === undefined
      ? [said('no node was chosen for it yet')]
      : [{ type: 'open', screen: 'node', parameters: { node } }]
  },
  hint(snapshot, row, width) {
    const pod = podOf(snapshot, row)
    return pod === undefined ? undefined : podHint(pod, width)
  },
  subject(snapshot, row) {
    const node = podOf(snapshot, row)?.node
    return node === undefined ? {} : { node }
  },
})
