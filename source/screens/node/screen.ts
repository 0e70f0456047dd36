import type { NodeName } from '../../events/subject.ts'
import type { Binding } from '../../interface/binding.ts'
import { fitHeight, fitLine, segment } from '../../interface/lines.ts'
import { readingLines } from '../../interface/reading-lines.ts'
import { type Parameters, type Pressed, type Size, screen } from '../../interface/screen.ts'
import { drawTable, shownOf, underCursor } from '../../interface/table/table.ts'
import { emptyTable, filtered, reduceTable, type TableState } from '../../interface/table/table-state.ts'
import type { Theme } from '../../interface/theme.ts'
import { isMetricId, type MetricId } from '../../metrics/catalogue.ts'
import type { NodeView, Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import type { Painted, Segment } from '../../text/colour.ts'
import { drawPanels, type Grid, gridOf, metricOfPanel, panelOf, panels } from './charts.ts'
import { drawLookups } from './lookups.ts'
import { metricTable } from './metrics.ts'
import { type Window, windows } from './windows.ts'

const tabs = ['signals', 'metrics', 'lookups'] as const
type Tab = (typeof tabs)[number]

interface State {
  readonly node: NodeName | undefined
  readonly tab: Tab
  readonly window: Window
  /** Index of the chart under the cursor. */
  readonly panel: number
  readonly table: TableState
}

const bindings: readonly Binding[] = [
  { action: 'next-tab', keys: ['tab'], label: 'next tab', group: 'screen', header: 10 },
  { action: 'previous-tab', keys: ['shift-tab'], label: 'previous tab', group: 'screen' },
  { action: 'explain', keys: ['x', 'enter'], label: 'explain', group: 'screen', header: 20 },
  ...windows.map(
    ({ key, label }, index): Binding => ({
      action: `window ${key}`,
      keys: [key],
      label: `${label} window`,
      group: 'screen',
      ...(index === 0 ? { header: 30, hint: { keys: '1-6', label: 'window' } } : {}),
    }),
  ),
]

const tableOf = (state: State) => metricTable(state.node ?? ('' as NodeName), state.window)

const below = (size: Size): Size => ({ columns: size.columns, rows: Math.max(1, size.rows - 1) })

const viewOf = (snapshot: Snapshot, state: State): NodeView | undefined =>
  state.node === undefined ? undefined : snapshot.nodes.get(state.node)

const metricUnder = (snapshot: Snapshot, state: State, size: Size): MetricId | undefined => {
  const view = viewOf(snapshot, state)
  const panel = panels[state.panel]
  if (view === undefined) return undefined
  if (state.tab === 'signals') return panel === undefined ? undefined : metricOfPanel(view, panel)
  if (state.tab === 'lookups') return 'dns.lookups'
  const { row } = underCursor(tableOf(state), snapshot, state.table, below(size))
  return row !== undefined && isMetricId(row) ? row : undefined
}

const subjectOf = (snapshot: Snapshot, state: State, size: Size): Parameters => {
  const metric = metricUnder(snapshot, state, size)
  return { ...(state.node ? { node: state.node } : {}), ...(metric ? { metric } : {}) }
}

/** Moves between the charts as they stand. */
const movePanel = (panel: number, action: string, { across }: Grid): number => {
  const moves: Readonly<Record<string, number>> = { left: -1, right: 1, up: -across, down: across }
  const next = panel + (moves[action] ?? 0)
  return next >= 0 && next < panels.length ? next : panel
}

const turnTab = (tab: Tab, by: number): Tab => tabs[(tabs.indexOf(tab) + by + tabs.length) % tabs.length] ?? tab

const press = (state: State, action: string, snapshot: Snapshot, size: Size): Pressed<State> => {
  const still = (next: State): Pressed<State> => ({ state: next, effects: [] })
  if (action === 'next-tab') return still({ ...state, tab: turnTab(state.tab, 1) })
  if (action === 'previous-tab') return still({ ...state, tab: turnTab(state.tab, -1) })
  const window = windows.find(({ key }) => action === `window ${key}`)
  if (window !== undefined) return still({ ...state, window })
  if (action === 'explain') {
    const parameters = subjectOf(snapshot, state, size)
    return parameters.metric === undefined
      ? still(state)
      : { state, effects: [{ type: 'open', screen: 'explain', parameters }] }
  }
  if (state.tab === 'signals') return still({ ...state, panel: movePanel(state.panel, action, gridOf(below(size))) })
  if (state.tab === 'lookups') return still(state)
  return still({
    ...state,
    table: reduceTable(state.table, action, shownOf(tableOf(state), snapshot, state.table, below(size))),
  })
}

const tabLine = (state: State): readonly Segment[] => [
  ...tabs.flatMap((tab) => [segment(` ${tab} `, tab === state.tab ? 'cursor' : 'dim'), segment(' ')]),
  segment('  '),
  ...windows.flatMap((window) => [
    segment(window.key, 'key'),
    segment(` ${window.label} `, window === state.window ? 'cursor' : 'dim'),
    segment(' '),
  ]),
]

/** What is wrong with the link, in words: the charts below look as ever. */
const linkTrouble = (view: NodeView | undefined): string => {
  const link = view?.link
  if (link === undefined) return ''
  const { state, cause, remark = '' } = link
  if (state === 'live') return remark
  return [cause === '' ? state : `${state}: ${cause}`, remark].filter((part) => part !== '').join('; ')
}

const tabBody = (snapshot: Snapshot, view: NodeView, state: State, size: Size, theme: Theme): readonly Painted[] => {
  switch (state.tab) {
    case 'signals':
      return drawPanels(snapshot, view, { seconds: state.window.seconds, chosen: state.panel }, size, theme)
    case 'metrics':
      return drawTable(tableOf(state), snapshot, state.table, size, theme)
    case 'lookups':
      return drawLookups(view, size, theme)
  }
}

/** One node: the four suspects as charts, every metric with its origin, and who looks up what. */
export const nodeScreen = screen<State>({
  name: 'node',
  aliases: [],
  purpose: 'one node: charts of the four suspects, all metrics, DNS lookups',
  table: true,
  bindings,
  initial: ({ node, metric }) => ({
    node,
    tab: 'signals',
    window: windows[1],
    // The chart of the figure that the cursor stood on.
    panel: metric === undefined ? 0 : panelOf(metric),
    table: emptyTable,
  }),
  press,
  filter: (state, text) => ({
    ...state,
    tab: text === '' ? state.tab : 'metrics',
    table: filtered(state.table, text),
  }),
  title: (snapshot, state) => {
    const view = viewOf(snapshot, state)
    const words = [`node(${state.node ?? ''})`, view?.facts.get('kernel.release') ?? '', linkTrouble(view)]
    return clean(words.filter((word) => word !== '').join(' '))
  },
  body(snapshot, state, size, theme) {
    const view = viewOf(snapshot, state)
    if (view === undefined)
      return fitHeight(
        [fitLine([segment('choose a node in :nodes and press enter')], size.columns, theme)],
        size.rows,
        size.columns,
      )
    return [fitLine(tabLine(state), size.columns, theme), ...tabBody(snapshot, view, state, below(size), theme)]
  },
  hint(snapshot, state, size) {
    const view = viewOf(snapshot, state)
    return view === undefined ? undefined : readingLines(view, metricUnder(snapshot, state, size), size.columns)
  },
  subject: subjectOf,
})
