import type { PodId } from '../../events/names.ts'
import { emptyWords, isPast } from '../../interface/cluster/sources.ts'
import { perSnapshot } from '../../interface/per-snapshot.ts'
import type { Table } from '../../interface/table/table.ts'
import { podColumns } from './columns.ts'
import { isFound, podRows, type Scope, worstFirst } from './rows.ts'
import { statusOf } from './standing.ts'

/** The pods of a scope: what is not well first, then by namespace and name. */
export const podTable = (scope: Scope): Table => ({
  columns: perSnapshot((snapshot) => podColumns(snapshot, scope)),
  rows: perSnapshot((snapshot) => podRows(snapshot, scope)),
  defaultOrder: (snapshot, rows) => worstFirst(snapshot, rows as readonly PodId[]),
  empty: (snapshot) => emptyWords(snapshot, 'pods', scope.namespace),
  finds: (snapshot, row, text) => isFound(snapshot, row as PodId, text, statusOf),
  isOld: (snapshot) => isPast(snapshot, 'pods'),
})
