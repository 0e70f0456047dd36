import type { NodeName } from '../../events/subject.ts'
import { fitHeight, fitLine, segment } from '../../interface/lines.ts'
import { type Effect, type Size, screen } from '../../interface/screen.ts'
import { drawTable, shownOf, underCursor } from '../../interface/table/table.ts'
import { emptyTable, reduceTable, type TableState } from '../../interface/table/table-state.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import { wrap } from '../../text/width.ts'
import { commandLine, optInTable, partsOf, statusOf } from './rows.ts'

interface State {
  readonly node: NodeName | undefined
  readonly table: TableState
}

const tableOf = ({ node }: State) => optInTable(node === undefined ? undefined : [node])

/** Rows below the table for the command of the row under the cursor. */
const commandRows = 5

const tableSize = (size: Size): Size => ({ columns: size.columns, rows: Math.max(2, size.rows - commandRows) })

const rowUnder = (snapshot: Snapshot, state: State, size: Size): string | undefined =>
  underCursor(tableOf(state), snapshot, state.table, tableSize(size)).row

const switched = (snapshot: Snapshot, state: State, size: Size, forAll: boolean): readonly Effect[] => {
  const row = rowUnder(snapshot, state, size)
  const status = row === undefined ? undefined : statusOf(snapshot, row)
  if (row === undefined || status === undefined) return [{ type: 'flash', text: clean('no opt-in here') }]
  const { node, optIn } = partsOf(row)
  const on = !status.asked
  const where = forAll ? 'all nodes' : node
  return [
    { type: 'opt-in', name: optIn, on, nodes: forAll ? 'all' : [node] },
    { type: 'flash', text: clean(`${optIn} ${on ? 'asked for' : 'ended'} on ${where}`) },
  ]
}

/** What runs only when asked for: the command, its cost, and its switch. */
export const optInsScreen = screen<State>({
  name: 'opt-ins',
  aliases: ['w', 'with'],
  purpose: 'what runs only when asked for, with its command and cost',
  table: true,
  bindings: [
    { action: 'switch', keys: ['space', 'enter'], label: 'switch here', group: 'screen', header: 10 },
    { action: 'switch-all', keys: ['a'], label: 'on all nodes', group: 'screen', header: 20 },
    { action: 'leave', keys: ['w'], label: 'back', group: 'screen' },
  ],
  initial: ({ node }) => ({ node, table: emptyTable }),
  press(state, action, snapshot, size) {
    if (action === 'leave') return { state, effects: [{ type: 'back' }] }
    if (action === 'switch' || action === 'switch-all')
      return { state, effects: switched(snapshot, state, size, action === 'switch-all') }
    const table = reduceTable(state.table, action, shownOf(tableOf(state), snapshot, state.table, tableSize(size)))
    return { state: { ...state, table }, effects: [] }
  },
  filter: (state, text) => ({ ...state, table: { ...state.table, filter: text, held: undefined } }),
  title: (snapshot, state) => clean(`opt-ins(${state.node ?? 'all'})[${tableOf(state).rows(snapshot).length}]`),
  body(snapshot, state, size, theme) {
    const row = rowUnder(snapshot, state, size)
    const command = row === undefined ? clean('') : commandLine(snapshot, row)
    const lines = [
      fitLine([segment('what runs on the node', 'title')], size.columns, theme),
      ...wrap(command, size.columns).map((text) => fitLine([{ text, style: 'plain' }], size.columns, theme)),
    ]
    return [
      ...drawTable(tableOf(state), snapshot, state.table, tableSize(size), theme),
      ...fitHeight(lines, size.rows - tableSize(size).rows, size.columns),
    ]
  },
  hint: (snapshot, state, size) => {
    const row = rowUnder(snapshot, state, size)
    const status = row === undefined ? undefined : statusOf(snapshot, row)
    return status === undefined
      ? undefined
      : [[segment(` ${status.name} `, 'title'), segment(`${status.state}: ${status.detail}`)]]
  },
})
