import type { NodeName } from '../../events/subject.ts'
import { segment } from '../../interface/lines.ts'
import { wordColumn } from '../../interface/table/column-kinds.ts'

/** The transport in use. The link's own screen says more: it leaves a narrow table first. */
export const viaColumn = wordColumn(
  { id: 'via', heading: 'VIA', width: 7, priority: 30 },
  (snapshot, row) => {
    const transport = snapshot.nodes.get(row as NodeName)?.link?.transport
    return transport === undefined ? undefined : segment(transport)
  },
  '?',
)
