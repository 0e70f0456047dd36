import type { NamespaceName } from '../../events/names.ts'
import { ageColumn } from '../../interface/cluster/age.ts'
import { emptyWords, isPast, isRead, statusOf } from '../../interface/cluster/sources.ts'
import { segment } from '../../interface/lines.ts'
import { perSnapshot } from '../../interface/per-snapshot.ts'
import type { Column } from '../../interface/table/column.ts'
import { countColumn, nameColumn, wordColumn } from '../../interface/table/column-kinds.ts'
import { sortObjectNames } from '../../interface/table/name-order.ts'
import type { Table } from '../../interface/table/table.ts'
import { clamp } from '../../interface/table/table-state.ts'
import type { Snapshot } from '../../store/snapshot.ts'

interface Counts {
  running: number
  pods: number
  services: number
}

/** What each namespace holds, counted once for a snapshot. */
const countsOf = perSnapshot(({ records }): ReadonlyMap<NamespaceName, Counts> => {
  const counts = new Map<NamespaceName, Counts>()
  const of = (namespace: NamespaceName): Counts => {
    const known = counts.get(namespace)
    if (known !== undefined) return known
    const none = { running: 0, pods: 0, services: 0 }
    counts.set(namespace, none)
    return none
  }
  records.pods.forEach(({ namespace, phase }) => {
    const count = of(namespace)
    count.pods++
    if (phase === 'Running') count.running++
  })
  records.services.forEach(({ namespace }) => of(namespace).services++)
  return counts
})

/** Those that the server lists, and, where it may not, those in which something may be read. */
export const namespaceRows = perSnapshot((snapshot): readonly NamespaceName[] => {
  const read = (['pods', 'services'] as const).flatMap(
    (resource) => (statusOf(snapshot, resource)?.namespaces ?? []) as readonly NamespaceName[],
  )
  return sortObjectNames([...new Set([...snapshot.records.namespaces.keys(), ...read])])
})

const recordOf = (snapshot: Snapshot, row: string) => snapshot.records.namespaces.get(row as NamespaceName)

/** The namespace's own word; nothing where only its pods may be read. */
const statusColumn: Column = wordColumn(
  { id: 'status', heading: 'STATUS', width: 11, priority: 3 },
  (snapshot, row) => {
    const record = recordOf(snapshot, row)
    if (record === undefined) return undefined
    return record.terminating ? segment('Terminating', 'note') : segment('Active')
  },
)

const podsColumn: Column = {
  id: 'pods',
  heading: 'PODS',
  width: 11,
  priority: 1,
  align: 'right',
  cell: (snapshot, row) => {
    if (!isRead(snapshot, 'pods', row as NamespaceName)) return segment('?', 'missing')
    const { running, pods } = countsOf(snapshot).get(row as NamespaceName) ?? { running: 0, pods: 0 }
    return segment(`${running}/${pods}`, isPast(snapshot, 'pods') ? 'stale' : 'plain')
  },
  sortKey: (snapshot, row) =>
    isRead(snapshot, 'pods', row as NamespaceName)
      ? (countsOf(snapshot).get(row as NamespaceName)?.pods ?? 0)
      : undefined,
}

const servicesColumn = countColumn({ id: 'services', heading: 'SERVICES', width: 8, priority: 2 }, (snapshot, row) =>
  isRead(snapshot, 'services', row as NamespaceName)
    ? (countsOf(snapshot).get(row as NamespaceName)?.services ?? 0)
    : Number.NaN,
)

const columns = perSnapshot((snapshot): readonly Column[] => {
  const longest = namespaceRows(snapshot).reduce((most, { length }) => Math.max(most, length), 0)
  return [
    nameColumn(
      { id: 'name', heading: 'NAME', width: clamp(longest, 8, 30), most: longest, priority: 0 },
      (_, row) => row,
    ),
    statusColumn,
    podsColumn,
    servicesColumn,
    ageColumn(4, (snapshot, row) => recordOf(snapshot, row)?.created ?? Number.NaN),
  ]
})

/** All namespaces by name. */
export const namespaceTable: Table = {
  columns,
  rows: namespaceRows,
  defaultOrder: (_, rows) => rows,
  empty: (snapshot) => emptyWords(snapshot, 'namespaces'),
  isOld: (snapshot) => isPast(snapshot, 'namespaces') && snapshot.records.namespaces.size > 0,
}
