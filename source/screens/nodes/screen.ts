import type { NodeName } from '../../events/subject.ts'
import { type Binding, isBound } from '../../interface/binding.ts'
import { clusterNodeOf, isUnready, nodeLine } from '../../interface/cluster/node-words.ts'
import { sourcesNote, titleWords } from '../../interface/cluster/sources.ts'
import { fitHeight, fitLine, segment } from '../../interface/lines.ts'
import { hiddenCauses, readingLines } from '../../interface/reading-lines.ts'
import { type Parameters, type Size, said, screen } from '../../interface/screen.ts'
import { hiddenMatch } from '../../interface/table/hidden-match.ts'
import { countWords, drawTable, emptyText, orderOf, shownOf, underCursor } from '../../interface/table/table.ts'
import { emptyTable, filtered, pinned, reduceTable, type TableState } from '../../interface/table/table-state.ts'
import type { Theme } from '../../interface/theme.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import type { Painted } from '../../text/colour.ts'
import { drawPanels } from '../node/charts.ts'
import { isOfKubernetes } from './kubernetes.ts'
import { metricOfColumn, nodeTable } from './rows.ts'

/** Rows from which on the node under the cursor is drawn below the table: a heading, and two charts of five, as at 80x24. */
const leastForPreview = 11

/** What the table takes: all, or, where few nodes leave much room, what they need. */
const tableRows = (snapshot: Snapshot, size: Size): number => {
  const wanted = snapshot.nodes.size + 2
  return size.rows - wanted >= leastForPreview ? wanted : size.rows
}

const noteOf = (snapshot: Snapshot, { columns }: Size) => sourcesNote(snapshot, ['nodes'], columns)

/** What is left below the lines that say what of the cluster's nodes cannot be seen. */
const below = (snapshot: Snapshot, size: Size): Size => ({
  ...size,
  rows: Math.max(1, size.rows - noteOf(snapshot, size).length),
})

const previewWindow = 300

const subjectOf = (snapshot: Snapshot, state: TableState, size: Size): Parameters => {
  const { row, column } = underCursor(nodeTable, snapshot, state, size)
  const metric = metricOfColumn(column?.id)
  return { ...(row === undefined ? {} : { node: row as NodeName }), ...(metric === undefined ? {} : { metric }) }
}

const columnUnder = (snapshot: Snapshot, state: TableState, size: Size): string | undefined =>
  underCursor(nodeTable, snapshot, state, size).column?.id

/** The columns that tell of a node's link, which x explains too. */
const isOfLink = (column: string | undefined): boolean => column === 'age' || column === 'via'

/** The four suspects of the node under the cursor, where the table leaves room. */
const preview = (snapshot: Snapshot, state: TableState, size: Size, theme: Theme): readonly Painted[] => {
  const { node } = subjectOf(snapshot, state, size)
  const view = node === undefined ? undefined : snapshot.nodes.get(node)
  const rows = size.rows - tableRows(snapshot, size)
  if (view === undefined || rows === 0) return []
  const heading = fitLine([segment(`${view.name}, last 5 minutes`, 'accent')], size.columns, theme)
  const charts = { seconds: previewWindow, chosen: undefined }
  return [heading, ...drawPanels(snapshot, view, charts, { ...size, rows: rows - 1 }, theme)]
}

const bindings = [
  { action: 'open', keys: ['enter'], label: 'open', header: 10 },
  { action: 'explain', keys: ['x'], label: 'explain', header: 20 },
  { action: 'host', keys: ['h'], label: 'host namespace' },
  { action: 'flows', keys: ['t'], label: 'who fills it' },
] as const satisfies readonly Binding[]

/** Whether it is a key of this screen and not of tables in general. */
/** One row per node: the four suspects side by side, worst first. */
export const nodesScreen = screen<TableState>({
  name: 'nodes',
  aliases: ['no'],
  purpose: 'every node with its suspects side by side, the worst first',
  table: true,
  bindings,
  initial: () => emptyTable,
  press(before, action, snapshot, size) {
    const parameters = subjectOf(snapshot, before, size)
    if (parameters.node === undefined)
      return { state: before, effects: isBound(bindings, action) ? [said(emptyText(nodeTable, snapshot, before))] : [] }
    const state = pinned(before, orderOf(nodeTable, snapshot, before))
    if (action === 'open') {
      const tab = snapshot.cluster === undefined ? {} : { tab: 'pods' }
      return { state, effects: [{ type: 'open', screen: 'node', parameters: { ...parameters, ...tab } }] }
    }
    if (action === 'host')
      return { state, effects: [{ type: 'open', screen: 'pod', parameters: { node: parameters.node } }] }
    if (action === 'flows')
      return { state, effects: [{ type: 'open', screen: 'flows', parameters: { node: parameters.node } }] }
    if (action === 'explain' && isOfKubernetes(columnUnder(snapshot, before, size)))
      return {
        state,
        effects: [{ type: 'open', screen: 'explain', parameters: { ...parameters, tab: 'kubernetes' } }],
      }
    if (action === 'explain')
      return parameters.metric === undefined && !isOfLink(columnUnder(snapshot, before, size))
        ? { state, effects: [said('move to a metric with left and right, then press x')] }
        : { state, effects: [{ type: 'open', screen: 'explain', parameters }] }
    return {
      state: reduceTable(before, action, shownOf(nodeTable, snapshot, before, below(snapshot, size))),
      effects: [],
    }
  },
  filter: filtered,
  title: (snapshot, state) => {
    const count = countWords(orderOf(nodeTable, snapshot, state).length, snapshot.nodes.size)
    return clean(`nodes(all)[${count}] ${titleWords(snapshot, 'nodes')}`.trimEnd())
  },
  body(snapshot, state, whole, theme) {
    const size = below(snapshot, whole)
    const above = noteOf(snapshot, whole).map((line) => fitLine(line, size.columns, theme))
    const table = drawTable(nodeTable, snapshot, state, { ...size, rows: tableRows(snapshot, size) }, theme)
    return fitHeight([...above, ...table, ...preview(snapshot, state, size, theme)], whole.rows, whole.columns)
  },
  hint(snapshot, state, size) {
    const { node, metric } = subjectOf(snapshot, state, size)
    const view = node === undefined ? undefined : snapshot.nodes.get(node)
    if (view === undefined) return undefined
    const known = clusterNodeOf(snapshot, view.name)
    const readings = readingLines(view, metric, size.columns)
    const inView = new Set(shownOf(nodeTable, snapshot, state, size).columns)
    const hidden = metric === undefined ? undefined : hiddenCauses(view, (id) => inView.has(id))
    const match = hiddenMatch(nodeTable, snapshot, state, size)
    const instead = match ?? hidden
    const lines = instead === undefined ? readings : [readings[0] ?? [], instead]
    const isAsked = isOfKubernetes(columnUnder(snapshot, state, size)) || (metric === undefined && isUnready(known))
    if (known === undefined || !isAsked) return lines
    return [[segment(` ${view.name} `, 'title'), ...nodeLine(known)], match ?? lines[0] ?? []]
  },
  subject: subjectOf,
})
