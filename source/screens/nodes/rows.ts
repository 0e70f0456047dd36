import type { NodeName } from '../../events/subject.ts'
import { worstOf } from '../../interface/cluster/node-words.ts'
import { perSnapshot } from '../../interface/per-snapshot.ts'
import { compareNames } from '../../interface/table/order.ts'
import type { Table } from '../../interface/table/table.ts'
import { isMetricId, type MetricId } from '../../metrics/catalogue.ts'
import { type Band, bands } from '../../metrics/metric.ts'
import { nodeColumns } from './columns.ts'

/** All nodes: the worst band first, one that is lost or not ready counting as critical, then by name. */
export const nodeTable: Table = {
  columns: nodeColumns,
  rows: perSnapshot((snapshot) => [...snapshot.nodes.keys()].sort(compareNames)),
  defaultOrder: (snapshot, rows) => {
    const worst = (row: string): Band => worstOf(snapshot, row as NodeName)
    return bands.toReversed().flatMap((band) => rows.filter((row) => worst(row) === band))
  },
  empty: 'no node is known yet',
}

/** The metric that a column shows; undefined: it shows none. */
export const metricOfColumn = (column: string | undefined): MetricId | undefined => {
  const id = column?.replace(/ sparkline$/, '') ?? ''
  return isMetricId(id) ? id : undefined
}
