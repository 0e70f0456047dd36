import type { NodeName } from '../../events/subject.ts'
import { clusterNodeOf, podWords, readyCell, readyForms } from '../../interface/cluster/node-words.ts'
import { isPast } from '../../interface/cluster/sources.ts'
import { segment } from '../../interface/lines.ts'
import type { Column } from '../../interface/table/column.ts'
import { wordColumn } from '../../interface/table/column-kinds.ts'
import type { Snapshot } from '../../store/snapshot.ts'

const unknown = segment('?', 'missing')

const nodeOf = (snapshot: Snapshot, row: string) => clusterNodeOf(snapshot, row as NodeName)

const readyColumn: Column = {
  id: 'ready',
  heading: 'READY',
  width: 5,
  most: 24,
  priority: 4.5,
  align: 'left',
  cell: (snapshot, row, width) => {
    const node = nodeOf(snapshot, row)
    return node === undefined ? unknown : readyCell(node, width)
  },
  sortKey: (snapshot, row) => nodeOf(snapshot, row)?.record.ready,
  text: (snapshot, row) => {
    const node = nodeOf(snapshot, row)
    if (node === undefined) return ''
    const { ready, roles } = node.record
    return [ready === 'yes' ? 'ready' : 'notready', readyForms(node)[0] ?? '', ...roles].join(' ')
  },
}

const podsColumn: Column = {
  id: 'pods',
  heading: 'PODS',
  width: 5,
  priority: 10.5,
  align: 'right',
  cell: (snapshot, row) => {
    const node = nodeOf(snapshot, row)
    if (node?.pods === undefined) return unknown
    return segment(podWords(node), isPast(snapshot, 'pods') ? 'stale' : 'plain')
  },
  sortKey: (snapshot, row) => nodeOf(snapshot, row)?.pods?.count,
}

const versionColumn = wordColumn(
  { id: 'kubelet', heading: 'VERSION', width: 9, most: 20, priority: 19.5 },
  (snapshot, row) => {
    const version = nodeOf(snapshot, row)?.record.kubelet ?? ''
    return version === '' ? undefined : segment(version)
  },
  '?',
)

/** What the API server says of nodes; their place in a narrow table comes after that of the four suspects. */
export const kubernetesColumns: readonly Column[] = [readyColumn, podsColumn, versionColumn]

/** Whether a column speaks of a node as the API server knows it, which x explains. */
export const isOfKubernetes = (column: string | undefined): boolean => kubernetesColumns.some(({ id }) => id === column)
