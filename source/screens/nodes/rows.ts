import type { NodeName } from '../../events/subject.ts'
import { isDown, worstOf } from '../../interface/cluster/node-words.ts'
import { perSnapshot } from '../../interface/per-snapshot.ts'
import { compareNames } from '../../interface/table/order.ts'
import type { Table } from '../../interface/table/table.ts'
import { isMetricId, type MetricId } from '../../metrics/catalogue.ts'
import { type Band, bands } from '../../metrics/metric.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { nodeColumns } from './columns.ts'

/** One that is lost or not ready counts as critical, and stands before those whose figures are. */
const rankOf = (snapshot: Snapshot, row: string): Band | 'down' => {
  const node = snapshot.nodes.get(row as NodeName)
  return node !== undefined && isDown(snapshot, node) ? 'down' : worstOf(snapshot, row as NodeName)
}

/** All nodes: those that are down, then the worst band first, then by name. */
export const nodeTable: Table = {
  columns: nodeColumns,
  rows: perSnapshot((snapshot) => [...snapshot.nodes.keys()].sort(compareNames)),
  defaultOrder: (snapshot, rows) => {
    const byRank = Map.groupBy(rows, (row) => rankOf(snapshot, row))
    return (['down', ...bands.toReversed()] as const).flatMap((rank) => byRank.get(rank) ?? [])
  },
  empty: 'no node is known yet',
}

/** The metric that a column shows; undefined: it shows none. */
export const metricOfColumn = (column: string | undefined): MetricId | undefined => {
  const id = column?.replace(/ sparkline$/, '') ?? ''
  return isMetricId(id) ? id : undefined
}
