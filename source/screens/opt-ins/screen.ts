import type { NodeName } from '../../events/subject.ts'
import { segment } from '../../interface/lines.ts'
import { type Effect, type Pressed, type Size, said, screen } from '../../interface/screen.ts'
import { drawText } from '../../interface/scroll.ts'
import { tableAbove } from '../../interface/table/above.ts'
import { drawTable, orderOf, shownOf, type Table, underCursor } from '../../interface/table/table.ts'
import { emptyTable, filtered, pinned, reduceTable, type TableState } from '../../interface/table/table-state.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import { commandLines } from './command-lines.ts'
import { allOptIns, optInsOf, partsOf, statusOf } from './rows.ts'

interface State {
  /** Whose opt-ins: those of the node it was opened from, or all. */
  readonly node: NodeName | undefined
  readonly all: boolean
  /** The same as long as the screen is open: what was worked out for it is known by it. */
  readonly own: Table
  readonly table: TableState
}

const tableOf = ({ own, all }: State): Table => (all ? allOptIns : own)

/** Whether it is asked for on every node that has it. */
const isAskedForEverywhere = ({ nodes }: Snapshot, optIn: string): boolean =>
  nodes.values().every(({ optIns }) => optIns.get(optIn)?.asked ?? true)

const parts = (snapshot: Snapshot, state: State, size: Size) => tableAbove(tableOf(state).rows(snapshot).length, size)

const tableSize = (snapshot: Snapshot, state: State, size: Size): Size => parts(snapshot, state, size).above

const rowUnder = (snapshot: Snapshot, state: State, size: Size): string | undefined =>
  underCursor(tableOf(state), snapshot, state.table, tableSize(snapshot, state, size)).row

const switched = (live: Snapshot, row: string, forAll: boolean): readonly Effect[] => {
  const status = statusOf(live, row)
  const { node, optIn } = partsOf(row)
  if (status === undefined) return [said(`${node} is not watched any more`)]
  // Where some nodes have it and others not, whoever says "all" wants it on all.
  const on = !(forAll ? isAskedForEverywhere(live, optIn) : status.asked)
  const where = forAll ? 'all nodes' : node
  return [
    { type: 'opt-in', name: optIn, on, nodes: forAll ? 'all' : [node] },
    said(`${optIn} ${on ? 'asked for' : 'ended'} on ${where}`),
  ]
}

const press = (state: State, action: string, snapshot: Snapshot, size: Size, live: Snapshot): Pressed<State> => {
  if (action === 'leave') return { state, effects: [{ type: 'back' }] }
  if (action === 'all') return { state: { ...state, all: !state.all, table: emptyTable }, effects: [] }
  const row = rowUnder(snapshot, state, size)
  if (row === undefined) return { state, effects: [said('no opt-in here')] }
  const table = tableOf(state)
  const stays: State = { ...state, table: pinned(state.table, orderOf(table, snapshot, state.table)) }
  switch (action) {
    case 'switch':
    case 'switch-all':
      return { state: stays, effects: switched(live, row, action === 'switch-all') }
    case 'explain':
      return { state: stays, effects: [{ type: 'open', screen: 'explain', parameters: partsOf(row) }] }
    default: {
      const shown = shownOf(table, snapshot, state.table, tableSize(snapshot, state, size))
      return { state: { ...state, table: reduceTable(state.table, action, shown) }, effects: [] }
    }
  }
}

/** What runs only when asked for: the command, its cost, and its switch. */
export const optInsScreen = screen<State>({
  name: 'opt-ins',
  aliases: ['w', 'with'],
  purpose: 'what runs only when asked for, with its command and cost',
  table: true,
  bindings: [
    { action: 'switch', keys: ['space'], label: 'switch here', header: 10 },
    { action: 'switch-all', keys: ['a'], label: 'all on, or off', header: 12 },
    { action: 'explain', keys: ['x', 'enter'], label: 'explain', header: 20 },
    { action: 'all', keys: ['0'], label: 'show all nodes', header: 30 },
    { action: 'leave', keys: ['w'], label: 'back' },
  ],
  initial: ({ node }) => ({
    node,
    all: node === undefined,
    own: node === undefined ? allOptIns : optInsOf(node),
    table: emptyTable,
  }),
  press,
  filter: (state, text) => ({ ...state, table: filtered(state.table, text) }),
  title: (snapshot, state) => {
    const count = orderOf(tableOf(state), snapshot, state.table).length
    return clean(`opt-ins(${state.all ? 'all' : (state.node ?? 'all')})[${count}]`)
  },
  body(snapshot, state, size, theme) {
    const { above, below } = parts(snapshot, state, size)
    const row = rowUnder(snapshot, state, size)
    const lines = row === undefined ? [] : commandLines(snapshot, row, size.columns)
    return [
      ...drawTable(tableOf(state), snapshot, state.table, above, theme),
      ...drawText(lines, 0, below, theme, 'x shows all'),
    ]
  },
  hint(snapshot, state, size) {
    const row = rowUnder(snapshot, state, size)
    const status = row === undefined ? undefined : statusOf(snapshot, row)
    return status === undefined
      ? undefined
      : [
          [
            segment(` ${status.name} `, 'title'),
            segment(status.asked ? 'asked for, ' : 'not asked for, '),
            segment(status.state),
          ],
          [segment(' space switches it on this node, a on all (off where all have it), x explains it', 'dim')],
        ]
  },
  subject(snapshot, state, size) {
    const row = rowUnder(snapshot, state, size)
    return row === undefined ? {} : partsOf(row)
  },
})
