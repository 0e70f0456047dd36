import { isDnsLabel, type NamespaceName } from '../../events/names.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import type { Segment } from '../../text/colour.ts'
import { type Binding, isBound } from '../binding.ts'
import { fitHeight, fitLine } from '../lines.ts'
import { type Effect, type Parameters, type ScreenEntry, type Size, said, screen } from '../screen.ts'
import type { RowId } from '../table/column.ts'
import { hiddenMatch } from '../table/hidden-match.ts'
import { countWords, drawTable, emptyText, orderOf, shownOf, type Table, underCursor } from '../table/table.ts'
import { emptyTable, filtered, pinned, reduceTable, type TableState } from '../table/table-state.ts'
import { isRead, type Resource, scopeWords, sourcesNote, titleWords } from './sources.ts'

/** A screen of records of a cluster: a table, and above it what of them cannot be seen. */
export interface RecordsScreen {
  readonly name: string
  readonly aliases: readonly string[]
  readonly purpose: string
  /** What is done with a row, besides moving to it. */
  readonly bindings: readonly Binding[]
  /** Whose records the rows are, then whose some cells need. */
  readonly resources: readonly [Resource, ...Resource[]]
  /** Whether rows belong to namespaces, of which one may be chosen. */
  readonly namespaced: boolean
  table(namespace: NamespaceName | undefined): Table
  count(snapshot: Snapshot, namespace: NamespaceName | undefined): number
  act(action: string, row: RowId, snapshot: Snapshot): readonly Effect[] | undefined
  hint(snapshot: Snapshot, row: RowId, width: number): readonly (readonly Segment[])[] | undefined
  subject?(snapshot: Snapshot, row: RowId): Parameters
  /** The row that the cursor begins on; not there: the first. */
  rowOf?(parameters: Parameters): RowId | undefined
}

interface State {
  readonly namespace: NamespaceName | undefined
  /** The same as long as the namespace is: what was worked out for it is known by it. */
  readonly rows: Table
  readonly table: TableState
}

const allNamespaces: Binding = {
  action: 'all-namespaces',
  keys: ['0'],
  label: 'all namespaces',
  header: 12,
  hint: { keys: '0', label: 'all' },
}

/** `payments` or `all`, as typed after the name of a screen. */
const namespaceTyped = (typed: string): Parameters | string => {
  if (typed === 'all') return { namespace: undefined }
  return isDnsLabel(typed) ? { namespace: typed as NamespaceName } : 'no namespace can be called'
}

export const recordsScreen = (definition: RecordsScreen): ScreenEntry => {
  const { name, resources, namespaced } = definition
  const within = (namespace: NamespaceName | undefined): Pick<State, 'namespace' | 'rows'> => ({
    namespace,
    rows: definition.table(namespace),
  })
  const noteOf = (snapshot: Snapshot, { columns }: Size) => sourcesNote(snapshot, resources, columns)
  /** What is left below the note. */
  const sizeBelow = (snapshot: Snapshot, size: Size): Size => ({
    ...size,
    rows: Math.max(1, size.rows - noteOf(snapshot, size).length),
  })
  const rowUnder = (snapshot: Snapshot, { rows, table }: State, size: Size): RowId | undefined =>
    underCursor(rows, snapshot, table, size).row

  return screen<State>({
    name,
    aliases: definition.aliases,
    purpose: definition.purpose,
    table: true,
    bindings: [...definition.bindings, ...(namespaced ? [allNamespaces] : [])],
    initial: (parameters) => ({
      ...within(namespaced ? parameters.namespace : undefined),
      table: { ...emptyTable, cursor: definition.rowOf?.(parameters) },
    }),
    ...(namespaced ? { argument: namespaceTyped } : {}),
    press(state, action, snapshot, size) {
      if (action === 'all-namespaces') {
        // The cursor stays on its object, which is there among all the others too.
        const table = { ...pinned(state.table, orderOf(state.rows, snapshot, state.table)), held: undefined }
        return { state: { ...state, ...within(undefined), table }, effects: [] }
      }
      const row = rowUnder(snapshot, state, size)
      const effects = row === undefined ? undefined : definition.act(action, row, snapshot)
      if (effects !== undefined) {
        const table = pinned(state.table, orderOf(state.rows, snapshot, state.table))
        return { state: { ...state, table }, effects }
      }
      if (row === undefined && isBound(definition.bindings, action))
        return { state, effects: [said(emptyText(state.rows, snapshot, state.table))] }
      const shown = shownOf(state.rows, snapshot, state.table, sizeBelow(snapshot, size))
      return { state: { ...state, table: reduceTable(state.table, action, shown) }, effects: [] }
    },
    filter: (state, text) => ({ ...state, table: filtered(state.table, text) }),
    title(snapshot, { namespace, rows, table }) {
      const [own] = resources
      const all = definition.count(snapshot, namespace)
      const count = countWords(orderOf(rows, snapshot, table).length, all)
      const known = all > 0 || isRead(snapshot, own) ? `[${count}]` : ''
      const where = namespaced ? `(${namespace ?? scopeWords(snapshot, own)})` : ''
      return clean(`${name}${where}${known} ${titleWords(snapshot, own)}`.trimEnd())
    },
    body(snapshot, state, size, theme) {
      const note = noteOf(snapshot, size).map((line) => fitLine(line, size.columns, theme))
      const table = drawTable(state.rows, snapshot, state.table, sizeBelow(snapshot, size), theme)
      return fitHeight([...note, ...table], size.rows, size.columns)
    },
    hint(snapshot, state, size) {
      const row = rowUnder(snapshot, state, size)
      // The hint stands outside the border, which has a blank at each side.
      const lines = row === undefined ? undefined : definition.hint(snapshot, row, size.columns + 4)
      const match = hiddenMatch(state.rows, snapshot, state.table, size)
      return match === undefined ? lines : [lines?.[0] ?? [], match]
    },
    subject(snapshot, state, size) {
      const row = rowUnder(snapshot, state, size)
      const { namespace } = state
      const own = row === undefined ? {} : (definition.subject?.(snapshot, row) ?? {})
      return { ...own, ...(namespace === undefined ? {} : { namespace }) }
    },
  })
}
