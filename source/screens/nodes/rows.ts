import type { NodeName } from '../../events/subject.ts'
import { compareNames } from '../../interface/table/order.ts'
import type { Table } from '../../interface/table/table.ts'
import { isMetricId, type MetricId } from '../../metrics/catalogue.ts'
import { severity } from '../../metrics/metric.ts'
import { nodeColumns } from './columns.ts'

/** All nodes: the worst band first, a lost node counting as critical, then by name. */
export const nodeTable: Table = {
  columns: nodeColumns,
  rows: (snapshot) => [...snapshot.nodes.keys()],
  defaultOrder: (snapshot, rows) => {
    const worst = new Map(rows.map((row) => [row, severity(snapshot.worst(row as NodeName))]))
    return rows.toSorted((one, other) => (worst.get(other) ?? 0) - (worst.get(one) ?? 0) || compareNames(one, other))
  },
  empty: 'no node is known yet',
}

/** The metric that a column shows; undefined: it shows none. */
export const metricOfColumn = (column: string | undefined): MetricId | undefined => {
  const id = column?.replace(/ sparkline$/, '') ?? ''
  return isMetricId(id) ? id : undefined
}
