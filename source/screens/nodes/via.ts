import type { NodeName } from '../../events/subject.ts'
import { segment } from '../../interface/lines.ts'
import type { Column } from '../../interface/table/column.ts'
import type { Snapshot } from '../../store/snapshot.ts'

const transportOf = (snapshot: Snapshot, row: string) => snapshot.nodes.get(row as NodeName)?.link?.transport

/** The transport in use. The link's own screen says more: it leaves a narrow table first. */
export const viaColumn: Column = {
  id: 'via',
  heading: 'VIA',
  width: 7,
  priority: 30,
  align: 'left',
  cell: (snapshot, row) => {
    const transport = transportOf(snapshot, row)
    return transport === undefined ? segment('?', 'missing') : segment(transport)
  },
  sortKey: transportOf,
  text: (snapshot, row) => transportOf(snapshot, row) ?? '',
}
