import type { NodeName } from '../../events/subject.ts'
import { readingLine } from '../../interface/reading-line.ts'
import { type Parameters, screen, type Size } from '../../interface/screen.ts'
import { drawTable, shownOf, underCursor } from '../../interface/table/table.ts'
import { emptyTable, reduceTable, type TableState } from '../../interface/table/table-state.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import { metricOfColumn, nodeTable } from './rows.ts'

const subjectOf = (snapshot: Snapshot, state: TableState, size: Size): Parameters => {
  const { row, column } = underCursor(nodeTable, snapshot, state, size)
  const metric = metricOfColumn(column?.id)
  return { ...(row === undefined ? {} : { node: row as NodeName }), ...(metric === undefined ? {} : { metric }) }
}

/** One row per node: the four suspects side by side, worst first. */
export const nodesScreen = screen<TableState>({
  name: 'nodes',
  aliases: ['no', 'node', 'n'],
  purpose: 'every node with its suspects side by side, the worst first',
  table: true,
  bindings: [
    { action: 'open', keys: ['enter'], label: 'open node', group: 'screen', header: 10 },
    { action: 'explain', keys: ['x'], label: 'explain cell', group: 'screen', header: 20 },
  ],
  initial: () => emptyTable,
  press(state, action, snapshot, size) {
    const subject = subjectOf(snapshot, state, size)
    if (subject.node === undefined) return { state, effects: [] }
    if (action === 'open') return { state, effects: [{ type: 'open', screen: 'node', parameters: subject }] }
    if (action === 'explain')
      return subject.metric === undefined
        ? { state, effects: [{ type: 'flash', text: clean('move to a metric with left and right, then press x') }] }
        : { state, effects: [{ type: 'open', screen: 'explain', parameters: subject }] }
    return { state: reduceTable(state, action, shownOf(nodeTable, snapshot, state, size)), effects: [] }
  },
  filter: (state, text) => ({ ...state, filter: text, held: undefined }),
  title: (snapshot) => clean(`nodes(all)[${snapshot.nodes.size}]`),
  body: (snapshot, state, size, theme) => drawTable(nodeTable, snapshot, state, size, theme),
  hint(snapshot, state, size) {
    const { node, metric } = subjectOf(snapshot, state, size)
    const view = node === undefined ? undefined : snapshot.nodes.get(node)
    if (view === undefined) return undefined
    return readingLine(view, metric)
  },
  subject: subjectOf,
})
