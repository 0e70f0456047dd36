import type { OptInStatus } from '../../events/link.ts'
import type { NodeName } from '../../events/subject.ts'
import { nameCell, segment } from '../../interface/lines.ts'
import { perSnapshot } from '../../interface/per-snapshot.ts'
import type { Column, RowId } from '../../interface/table/column.ts'
import type { Shape } from '../../interface/table/column-kinds.ts'
import { compareNames } from '../../interface/table/order.ts'
import type { Table } from '../../interface/table/table.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import type { Style } from '../../text/colour.ts'

const separator = ' '

/** A row is an opt-in on a node; neither name holds a blank. */
const rowOf = (node: string, optIn: string): RowId => `${node}${separator}${optIn}`

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

const textColumn = (shape: Shape, text: (snapshot: Snapshot, row: RowId) => string): Column => ({
  align: 'left',
  cell: (snapshot, row) => segment(text(snapshot, row)),
  sortKey: text,
  text,
  ...shape,
})

const columns = perSnapshot((snapshot): readonly Column[] => [
  textColumn({ id: 'opt-in', heading: 'OPT-IN', width: 12, priority: 0 }, (_, row) => partsOf(row).optIn),
  textColumn(
    {
      id: 'node',
      heading: 'NODE',
      width: 16,
      most: Math.max(0, ...Array.from(snapshot.nodes.keys(), (name) => name.length)),
      priority: 2,
      cell: (_, row, width, theme) => nameCell(partsOf(row).node, width, theme),
    },
    (_, row) => partsOf(row).node,
  ),
  textColumn(
    {
      id: 'state',
      heading: 'STATE',
      width: 8,
      priority: 0,
      cell: (snapshot, row) => {
        const state = statusOf(snapshot, row)?.state
        return state === undefined ? segment('?', 'missing') : segment(state, styles[state])
      },
    },
    (snapshot, row) => statusOf(snapshot, row)?.state ?? '?',
  ),
  textColumn(
    { id: 'detail', heading: 'COST OR REASON', width: 20, most: Number.POSITIVE_INFINITY, priority: 1 },
    (snapshot, row) => statusOf(snapshot, row)?.detail ?? '',
  ),
])

const tableFor = (shown: (name: NodeName) => boolean): Table => ({
  columns,
  rows: perSnapshot((snapshot) =>
    [...snapshot.nodes.values()]
      .filter(({ name }) => shown(name))
      .toSorted((one, other) => compareNames(one.name, other.name))
      .flatMap(({ name, optIns }) => Array.from(optIns.keys(), (optIn) => rowOf(name, optIn))),
  ),
  defaultOrder: (_, rows) => rows,
  empty: 'no opt-in is known yet: a node names its own when it is reached',
})

/** Every opt-in of every node. */
export const allOptIns = tableFor(() => true)

/** Every opt-in of a node. */
export const optInsOf = (node: NodeName): Table => tableFor((name) => name === node)
