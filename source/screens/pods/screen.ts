import { recordsScreen } from '../../interface/cluster/records-screen.ts'
import { said } from '../../interface/screen.ts'
import { podOf } from './columns.ts'
import { podHint } from './hint.ts'
import { podCount } from './rows.ts'
import { podSubject } from './subject.ts'
import { podTable } from './table.ts'

/** Every pod of the cluster or of one namespace, those that do not run first. */
export const podsScreen = recordsScreen({
  name: 'pods',
  aliases: ['po'],
  purpose: 'pods of all namespaces or of one, those that are not well first',
  bindings: [
    { action: 'open', keys: ['enter'], label: 'open', header: 10 },
    { action: 'node', keys: ['o'], label: 'node', header: 11 },
  ],
  resources: ['pods'],
  namespaced: true,
  table: (namespace) => podTable({ namespace }),
  count: (snapshot, namespace) => podCount(snapshot, { namespace }),
  act(action, row, snapshot) {
    const pod = podOf(snapshot, row)
    if (action === 'open')
      return pod === undefined ? [] : [{ type: 'open', screen: 'pod', parameters: podSubject(pod) }]
    if (action !== 'node') return undefined
    const node = pod?.node
    return node === undefined
      ? [said('no node was chosen for it yet')]
      : [{ type: 'open', screen: 'node', parameters: { node } }]
  },
  hint(snapshot, row, width) {
    const pod = podOf(snapshot, row)
    return pod === undefined ? undefined : podHint(snapshot, pod, width)
  },
  subject(snapshot, row) {
    const pod = podOf(snapshot, row)
    return pod === undefined ? {} : podSubject(pod)
  },
})
