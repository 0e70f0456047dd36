import type { PodRecord } from '../../events/records.ts'
import type { NodeName } from '../../events/subject.ts'
import type { Binding } from '../../interface/binding.ts'
import { clusterNodeOf, nodeLine } from '../../interface/cluster/node-words.ts'
import { sourcesNote, titleWords } from '../../interface/cluster/sources.ts'
import { fitHeight, fitLine, segment } from '../../interface/lines.ts'
import { readingLines } from '../../interface/reading-lines.ts'
import { type Parameters, type Pressed, type Size, screen } from '../../interface/screen.ts'
import { drawTable, orderOf, shownOf, type Table, underCursor } from '../../interface/table/table.ts'
import { emptyTable, filtered, pinned, reduceTable, type TableState } from '../../interface/table/table-state.ts'
import type { Theme } from '../../interface/theme.ts'
import { isMetricId, type MetricId } from '../../metrics/catalogue.ts'
import type { NodeView, Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import type { Painted, Segment } from '../../text/colour.ts'
import { podOf } from '../pods/columns.ts'
import { podHint } from '../pods/hint.ts'
import { podSubject } from '../pods/subject.ts'
import { podTable } from '../pods/table.ts'
import { drawPanels, type Grid, gridOf, metricOfPanel, panelOf, panels } from './charts.ts'
import { drawLookups } from './lookups.ts'
import { metricTable } from './metrics.ts'
import { type Window, windows } from './windows.ts'

const tabs = ['pods', 'signals', 'metrics', 'lookups'] as const
type Tab = (typeof tabs)[number]

/** Where no cluster is watched nobody says which pods there are. */
const tabsOf = ({ cluster }: Snapshot): readonly Tab[] => (cluster === undefined ? tabs.slice(1) : tabs)

/** The tab that is shown: one that was asked for before the cluster was known shows once it is. */
const tabOf = (snapshot: Snapshot, { tab }: State): Tab => (tabsOf(snapshot).includes(tab) ? tab : 'signals')

interface State {
  readonly node: NodeName | undefined
  readonly tab: Tab
  readonly window: Window
  /** Index of the chart under the cursor. */
  readonly panel: number
  readonly table: TableState
  /** Its metrics and its pods: the same tables as long as they hold, since what was worked out of one is known by it. */
  readonly metrics: Table
  readonly pods: Table
  readonly podState: TableState
}

const bindings: readonly Binding[] = [
  { action: 'next-tab', keys: ['tab'], label: 'next tab', header: 10 },
  { action: 'previous-tab', keys: ['shift-tab'], label: 'previous tab' },
  { action: 'explain', keys: ['x'], label: 'explain', header: 20 },
  { action: 'open', keys: ['enter'], label: 'open a pod, explain a figure' },
  { action: 'host', keys: ['h'], label: 'host namespace', header: 35 },
  { action: 'flows', keys: ['t'], label: 'who fills its connection tracking' },
  ...windows.map(
    ({ key, label }, index): Binding => ({
      action: `window ${key}`,
      keys: [key],
      label: `${label} window`,
      ...(index === 0 ? { header: 30, hint: { keys: '1-6', label: 'window' } } : {}),
    }),
  ),
]

/** What hangs on the stretch of time that is looked at. */
const over = (node: NodeName | undefined, window: Window): Pick<State, 'window' | 'metrics'> => ({
  window,
  metrics: metricTable(node ?? ('' as NodeName), window),
})

const below = (size: Size, lines = 1): Size => ({ columns: size.columns, rows: Math.max(1, size.rows - lines) })

const viewOf = (snapshot: Snapshot, state: State): NodeView | undefined =>
  state.node === undefined ? undefined : snapshot.nodes.get(state.node)

const isPods = (snapshot: Snapshot, state: State): boolean => tabOf(snapshot, state) === 'pods'

/** What stands above the tab's own: which tab it is and, where it is to be known, what the API server says. */
const linesAbove = (snapshot: Snapshot, state: State, { columns }: Size): readonly (readonly Segment[])[] => {
  const known = state.node === undefined ? undefined : clusterNodeOf(snapshot, state.node)
  const isLive = viewOf(snapshot, state)?.link?.state === 'live'
  const isWell = known?.record.ready === 'yes' && known.record.troubles.length === 0 && !known.record.unschedulable
  const isTold = known !== undefined && (isPods(snapshot, state) || !isLive || !isWell)
  const note = isPods(snapshot, state) ? sourcesNote(snapshot, ['pods'], columns) : []
  return [tabLine(snapshot, state), ...(isTold ? [nodeLine(known)] : []), ...note]
}

const sizeOf = (snapshot: Snapshot, state: State, size: Size): Size =>
  below(size, linesAbove(snapshot, state, size).length)

const metricUnder = (snapshot: Snapshot, state: State, size: Size): MetricId | undefined => {
  const view = viewOf(snapshot, state)
  const panel = panels[state.panel]
  if (view === undefined) return undefined
  const tab = tabOf(snapshot, state)
  if (tab === 'pods') return undefined
  if (tab === 'signals') return panel === undefined ? undefined : metricOfPanel(view, panel)
  if (tab === 'lookups') return 'dns.lookups'
  const { row } = underCursor(state.metrics, snapshot, state.table, sizeOf(snapshot, state, size))
  return row !== undefined && isMetricId(row) ? row : undefined
}

/** The pod under the cursor, where pods are shown. */
const podUnder = (snapshot: Snapshot, state: State, size: Size): PodRecord | undefined => {
  if (!isPods(snapshot, state)) return undefined
  const { row } = underCursor(state.pods, snapshot, state.podState, sizeOf(snapshot, state, size))
  return row === undefined ? undefined : podOf(snapshot, row)
}

const subjectOf = (snapshot: Snapshot, state: State, size: Size): Parameters => {
  const pod = podUnder(snapshot, state, size)
  if (pod !== undefined) return { ...(state.node ? { node: state.node } : {}), ...podSubject(pod) }
  const metric = metricUnder(snapshot, state, size)
  return { ...(state.node ? { node: state.node } : {}), ...(metric ? { metric } : {}) }
}

/** Moves between the charts as they stand. */
const movePanel = (panel: number, action: string, { across }: Grid): number => {
  const moves: Readonly<Record<string, number>> = { left: -1, right: 1, up: -across, down: across }
  const next = panel + (moves[action] ?? 0)
  return next >= 0 && next < panels.length ? next : panel
}

const turnTab = (snapshot: Snapshot, state: State, by: number): State => {
  const all = tabsOf(snapshot)
  const tab = tabOf(snapshot, state)
  return { ...state, tab: all[(all.indexOf(tab) + by + all.length) % all.length] ?? tab }
}

const pressInPods = (state: State, action: string, snapshot: Snapshot, size: Size): State => ({
  ...state,
  podState: reduceTable(
    state.podState,
    action,
    shownOf(state.pods, snapshot, state.podState, sizeOf(snapshot, state, size)),
  ),
})

const explained = (snapshot: Snapshot, state: State, size: Size): Parameters | undefined => {
  const parameters = subjectOf(snapshot, state, size)
  if (isPods(snapshot, state)) return { ...parameters, tab: 'kubernetes' }
  return parameters.metric === undefined ? undefined : parameters
}

const press = (state: State, action: string, snapshot: Snapshot, size: Size): Pressed<State> => {
  const still = (next: State): Pressed<State> => ({ state: next, effects: [] })
  if (action === 'next-tab') return still(turnTab(snapshot, state, 1))
  if (action === 'previous-tab') return still(turnTab(snapshot, state, -1))
  const window = windows.find(({ key }) => action === `window ${key}`)
  if (window !== undefined) return still({ ...state, ...over(state.node, window) })
  if (action === 'flows')
    return {
      state,
      effects: state.node === undefined ? [] : [{ type: 'open', screen: 'flows', parameters: { node: state.node } }],
    }
  if (action === 'host')
    return {
      state,
      effects: state.node === undefined ? [] : [{ type: 'open', screen: 'pod', parameters: { node: state.node } }],
    }
  const pod = action === 'open' ? podUnder(snapshot, state, size) : undefined
  if (pod !== undefined)
    return {
      state: { ...state, podState: pinned(state.podState, orderOf(state.pods, snapshot, state.podState)) },
      effects: [{ type: 'open', screen: 'pod', parameters: podSubject(pod) }],
    }
  if (action === 'explain' || action === 'open') {
    const parameters = explained(snapshot, state, size)
    return parameters === undefined
      ? still(state)
      : { state, effects: [{ type: 'open', screen: 'explain', parameters }] }
  }
  const tab = tabOf(snapshot, state)
  const left = sizeOf(snapshot, state, size)
  if (tab === 'pods') return still(pressInPods(state, action, snapshot, size))
  if (tab === 'signals') return still({ ...state, panel: movePanel(state.panel, action, gridOf(left)) })
  if (tab === 'lookups') return still(state)
  return still({
    ...state,
    table: reduceTable(state.table, action, shownOf(state.metrics, snapshot, state.table, left)),
  })
}

const tabLine = (snapshot: Snapshot, state: State): readonly Segment[] => [
  ...tabsOf(snapshot).flatMap((tab) => [
    segment(` ${tab} `, tab === tabOf(snapshot, state) ? 'cursor' : 'dim'),
    segment(' '),
  ]),
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
  switch (tabOf(snapshot, state)) {
    case 'pods':
      return drawTable(state.pods, snapshot, state.podState, size, theme)
    case 'signals':
      return drawPanels(snapshot, view, { seconds: state.window.seconds, chosen: state.panel }, size, theme)
    case 'metrics':
      return drawTable(state.metrics, snapshot, state.table, size, theme)
    case 'lookups':
      return drawLookups(view, size, theme)
  }
}

/** One node: its pods, the four suspects as charts, every metric with its origin, and who looks up what. */
export const nodeScreen = screen<State>({
  name: 'node',
  aliases: [],
  purpose: 'one node: its pods, charts of the four suspects, all metrics, lookups',
  table: true,
  bindings,
  initial: ({ node, metric, tab }) => ({
    node,
    tab: tabs.find((one) => one === tab) ?? 'signals',
    ...over(node, windows[1]),
    // The chart of the figure that the cursor stood on.
    panel: metric === undefined ? 0 : panelOf(metric),
    table: emptyTable,
    pods: podTable({ node: node ?? ('' as NodeName) }),
    podState: emptyTable,
  }),
  press,
  filter: (state, text) => ({
    ...state,
    tab: text === '' || state.tab === 'pods' ? state.tab : 'metrics',
    table: filtered(state.table, text),
    podState: filtered(state.podState, text),
  }),
  title: (snapshot, state) => {
    const view = viewOf(snapshot, state)
    const pods = isPods(snapshot, state) ? titleWords(snapshot, 'pods') : ''
    const words = [
      `node(${state.node ?? ''})`,
      pods === '' ? '' : `pods ${pods}`,
      view?.facts.get('kernel.release') ?? '',
      linkTrouble(view),
    ]
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
    const above = linesAbove(snapshot, state, size).map((line) => fitLine(line, size.columns, theme))
    const body = tabBody(snapshot, view, state, sizeOf(snapshot, state, size), theme)
    return fitHeight([...above, ...body], size.rows, size.columns)
  },
  hint(snapshot, state, size) {
    const view = viewOf(snapshot, state)
    if (view === undefined) return undefined
    if (!isPods(snapshot, state)) return readingLines(view, metricUnder(snapshot, state, size), size.columns)
    const pod = podUnder(snapshot, state, size)
    return pod === undefined ? undefined : podHint(snapshot, pod, size.columns + 4)
  },
  subject: subjectOf,
})
