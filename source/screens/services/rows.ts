import type { NamespaceName, ServiceId } from '../../events/names.ts'
import { emptyWords, isPast } from '../../interface/cluster/sources.ts'
import { perSnapshot } from '../../interface/per-snapshot.ts'
import { createNameOrder } from '../../interface/table/name-order.ts'
import type { Table } from '../../interface/table/table.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { serviceColumns, serviceOf } from './columns.ts'
import { serviceRank } from './standing.ts'

const nameOrder = createNameOrder<ServiceId>()

export const serviceRows = ({ records }: Snapshot, namespace: NamespaceName | undefined): readonly ServiceId[] => {
  const all = nameOrder(records.services)
  return namespace === undefined ? all : all.filter((id) => id.startsWith(`${namespace}/`))
}

const worstFirst = (snapshot: Snapshot, rows: readonly string[]): readonly string[] =>
  rows
    .map((row) => {
      const service = serviceOf(snapshot, row)
      return { row, rank: service === undefined ? Number.POSITIVE_INFINITY : serviceRank(snapshot, service) }
    })
    .sort((one, other) => one.rank - other.rank)
    .map(({ row }) => row)

/** The services of all namespaces or of one: those that serve nobody first, then by namespace and name. */
export const serviceTable = (namespace: NamespaceName | undefined): Table => ({
  columns: perSnapshot((snapshot) => serviceColumns(snapshot, namespace)),
  rows: perSnapshot((snapshot) => serviceRows(snapshot, namespace)),
  defaultOrder: worstFirst,
  empty: (snapshot) => emptyWords(snapshot, 'services', namespace),
  isOld: (snapshot) => isPast(snapshot, 'services'),
})
