import type { NodeName } from '../../events/subject.ts'
import { fitLine, segment } from '../../interface/lines.ts'
import { readingLines } from '../../interface/reading-lines.ts'
import { type Parameters, type Size, screen } from '../../interface/screen.ts'
import { drawTable, shownOf, underCursor } from '../../interface/table/table.ts'
import { emptyTable, reduceTable, type TableState } from '../../interface/table/table-state.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import type { Theme } from '../../interface/theme.ts'
import { clean } from '../../text/clean.ts'
import type { Painted } from '../../text/colour.ts'
import { drawPanels } from '../node/charts.ts'
import { metricOfColumn, nodeTable } from './rows.ts'

/** Rows from which on the node under the cursor is drawn below the table. */
const leastForPreview = 14

/** What the table takes: all, or, where few nodes leave much room, what they need. */
const tableRows = (snapshot: Snapshot, size: Size): number => {
  const wanted = snapshot.nodes.size + 2
  return size.rows - wanted >= leastForPreview ? wanted : size.rows
}

const previewWindow = 300

/** The four suspects of the node under the cursor, where the table leaves room. */
const preview = (
  snapshot: Snapshot,
  state: TableState,
  size: Size,
  theme: Theme,
): readonly Painted[] => {
  const { node } = subjectOf(snapshot, state, size)
  const view = node === undefined ? undefined : snapshot.nodes.get(node)
  const rows = size.rows - tableRows(snapshot, size)
  if (view === undefined || rows === 0) return []
  const heading = fitLine([segment(`${view.name}, last 5 minutes`, 'accent')], size.columns, theme)
  return [heading, ...drawPanels(snapshot, view, { seconds: previewWindow, chosen: undefined }, { ...size, rows: rows - 1 }, theme)]
}

const subjectOf = (snapshot: Snapshot, state: TableState, size: Size): Parameters => {
  const { row, column } = underCursor(nodeTable, snapshot, state, size)
  const metric = metricOfColumn(column?.id)
  return { ...(row === undefined ? {} : { node: row as NodeName }), ...(metric === undefined ? {} : { metric }) }
}

/** One row per node: the four suspects side by side, worst first. */
export const nodesScreen = screen<TableState>({
  name: 'nodes',
  aliases: ['no'],
  purpose: 'every node with its suspects side by side, the worst first',
  table: true,
  bindings: [
    { action: 'open', keys: ['enter'], label: 'open', group: 'screen', header: 10 },
    { action: 'explain', keys: ['x'], label: 'explain', group: 'screen', header: 20 },
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
  body: (snapshot, state, size, theme) => [
    ...drawTable(nodeTable, snapshot, state, { ...size, rows: tableRows(snapshot, size) }, theme),
    ...preview(snapshot, state, size, theme),
  ],
  hint(snapshot, state, size) {
    const { node, metric } = subjectOf(snapshot, state, size)
    const view = node === undefined ? undefined : snapshot.nodes.get(node)
    if (view === undefined) return undefined
    return readingLines(view, metric)
  },
  subject: subjectOf,
})
