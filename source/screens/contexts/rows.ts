import type { ClusterContext } from '../../events/cluster.ts'
import { segment } from '../../interface/lines.ts'
import { perSnapshot } from '../../interface/per-snapshot.ts'
import type { Column } from '../../interface/table/column.ts'
import { nameColumn, wordColumn } from '../../interface/table/column-kinds.ts'
import { compareNames } from '../../interface/table/order.ts'
import type { Table } from '../../interface/table/table.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean, joinClean } from '../../text/clean.ts'

const byName = perSnapshot(
  ({ contexts }): ReadonlyMap<string, ClusterContext> => new Map(contexts.map((context) => [context.name, context])),
)

const contextOf = (snapshot: Snapshot, row: string): ClusterContext | undefined => byName(snapshot).get(row)

export const isCurrent = ({ cluster }: Snapshot, row: string): boolean => cluster?.context === row

const longest = ({ contexts }: Snapshot, of: (context: ClusterContext) => string): number =>
  contexts.reduce((most, context) => Math.max(most, of(context).length), 0)

const currentColumn = wordColumn({ id: 'current', heading: 'NOW', width: 3, priority: 1 }, (snapshot, row, theme) =>
  isCurrent(snapshot, row)
    ? { text: joinClean([clean(' '), theme?.glyphs.bullet ?? clean('current')]), style: 'ok' }
    : segment(''),
)

const columns = perSnapshot((snapshot): readonly Column[] => {
  const part = (id: string, priority: number, width: number, of: (context: ClusterContext) => string): Column =>
    nameColumn({ id, heading: id.toUpperCase(), width, most: longest(snapshot, of), priority }, (snapshot, row) => {
      const context = contextOf(snapshot, row)
      return context === undefined ? undefined : of(context)
    })
  return [
    part('name', 0, 16, ({ name }) => name),
    currentColumn,
    part('server', 2, 18, ({ server }) => server),
    part('user', 3, 12, ({ user }) => user),
    part('namespace', 4, 12, ({ namespace }) => namespace),
  ]
})

/** The contexts of the kubeconfig by name. */
export const contextTable: Table = {
  columns,
  rows: perSnapshot((snapshot) => [...byName(snapshot).keys()].sort(compareNames)),
  defaultOrder: (_, rows) => rows,
  empty: ({ cluster }) =>
    cluster === undefined || cluster.context !== undefined
      ? 'no kubeconfig was read: there are no contexts'
      : 'kntop runs inside the cluster that it watches: there are no contexts',
}
