import type { OptInStatus } from '../../events/link.ts'
import type { NodeName } from '../../events/subject.ts'
import { segment } from '../../interface/lines.ts'
import type { Column, RowId } from '../../interface/table/column.ts'
import { compareNames } from '../../interface/table/order.ts'
import type { Table } from '../../interface/table/table.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import type { Style } from '../../text/colour.ts'

const separator = ' '

/** A row is an opt-in on a node; neither name holds a blank. */
export const rowOf = (node: string, optIn: string): RowId => `${node}${separator}${optIn}`

export const partsOf = (row: RowId): { readonly node: NodeName; readonly optIn: string } => {
  const at = row.indexOf(separator)
  return { node: row.slice(0, at) as NodeName, optIn: row.slice(at + 1) }
}

export const statusOf = (snapshot: Snapshot, row: RowId): OptInStatus | undefined => {
  const { node, optIn } = partsOf(row)
  return snapshot.nodes.get(node)?.optIns.get(optIn)
}

const styles: Readonly<Record<OptInStatus['state'], Style>> = {
  off: 'dim',
  starting: 'note',
  running: 'plain',
  refused: 'warning',
  ended: 'warning',
}

const textColumn = (
  id: string,
  heading: string,
  width: number,
  text: (snapshot: Snapshot, row: RowId) => string,
  more: Partial<Column> = {},
): Column => ({
  id,
  heading,
  width,
  priority: 0,
  align: 'left',
  cell: (snapshot, row) => segment(text(snapshot, row)),
  sortKey: text,
  ...more,
})

const columns: readonly Column[] = [
  textColumn('opt-in', 'OPT-IN', 12, (_, row) => partsOf(row).optIn),
  textColumn('node', 'NODE', 16, (_, row) => partsOf(row).node),
  textColumn('state', 'STATE', 8, (snapshot, row) => statusOf(snapshot, row)?.state ?? '?', {
    cell: (snapshot, row) => {
      const state = statusOf(snapshot, row)?.state
      return state === undefined ? segment('?', 'missing') : segment(state, styles[state])
    },
  }),
  textColumn('detail', 'COST OR REASON', 30, (snapshot, row) => statusOf(snapshot, row)?.detail ?? '', {
    grow: true,
    priority: 1,
  }),
]

/** Every opt-in of these nodes (undefined: of all). */
export const optInTable = (nodes: readonly NodeName[] | undefined): Table => ({
  columns: () => columns,
  rows: (snapshot) =>
    [...snapshot.nodes.values()]
      .filter(({ name }) => nodes === undefined || nodes.includes(name))
      .flatMap(({ name, optIns }) => Array.from(optIns.keys(), (optIn) => rowOf(name, optIn))),
  defaultOrder: (_, rows) => rows.toSorted(compareNames),
})

/** What would run, or runs. */
export const commandLine = (snapshot: Snapshot, row: RowId) => statusOf(snapshot, row)?.command ?? clean('')
