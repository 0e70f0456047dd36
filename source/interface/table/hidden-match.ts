import type { Snapshot } from '../../store/snapshot.ts'
import type { Segment } from '../../text/colour.ts'
import { segment } from '../lines.ts'
import type { Size } from '../screen.ts'
import { parseFilter } from './filter.ts'
import { orderOf, shownOf, type Table } from './table.ts'
import { cursorIndex, type TableState } from './table-state.ts'

/**
 * What the filter finds the row under the cursor by, where no column in view shows it: a row that stays must not be a riddle.
 * Undefined: there is no filter, or it is seen.
 */
export const hiddenMatch = (
  table: Table,
  snapshot: Snapshot,
  state: TableState,
  size: Size,
): readonly Segment[] | undefined => {
  const filter = parseFilter(state.filter)
  if (filter === undefined || filter.inverse) return undefined
  const order = orderOf(table, snapshot, state)
  const row = order[cursorIndex(state, order)]
  if (row === undefined) return undefined
  const inView = new Set(shownOf(table, snapshot, state, size).columns)
  const matches = table.columns(snapshot).flatMap((column) => {
    const said = column.text?.(snapshot, row) ?? ''
    return said.toLowerCase().includes(filter.text) ? [{ id: column.id, heading: column.heading, said }] : []
  })
  const [first] = matches
  if (first === undefined || matches.some(({ id }) => inView.has(id))) return undefined
  return [segment(` /${filter.text} is not in view: `, 'title'), segment(`${first.heading} ${first.said}`)]
}
