import { perSnapshot } from '../../interface/per-snapshot.ts'
import { compareNames } from '../../interface/table/order.ts'
import type { Table } from '../../interface/table/table.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { linkColumns, nodeOf } from './columns.ts'
import { rankOf } from './standing.ts'

const rankIn = (snapshot: Snapshot, row: string): number => {
  const node = nodeOf(snapshot, row)
  return node === undefined ? Number.POSITIVE_INFINITY : rankOf(node)
}

/** All links: the worst state first, then by name. */
export const linkTable: Table = {
  columns: linkColumns,
  rows: perSnapshot((snapshot) => [...snapshot.nodes.keys()].sort(compareNames)),
  // Sorting keeps the order of what ties.
  defaultOrder: (snapshot, rows) => rows.toSorted((one, other) => rankIn(snapshot, one) - rankIn(snapshot, other)),
  empty: 'no node is known yet',
}
