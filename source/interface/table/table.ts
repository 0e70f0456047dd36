import type { Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import { row as joinRow, type Painted, type Style, unpainted } from '../../text/colour.ts'
import { blanks, fit } from '../../text/width.ts'
import type { Size } from '../screen.ts'
import { createTheme, type Theme } from '../theme.ts'
import { type Column, type Placed, placeColumns, type RowId, rowText } from './column.ts'
import { parseFilter, passes } from './filter.ts'
import { sortRows } from './order.ts'
import { cursorIndex, holdTime, type Shown, type TableState, topFor } from './table-state.ts'

/** A table as data: its columns, its rows, and the order in which they stand when nobody sorts. */
export interface Table {
  columns(snapshot: Snapshot): readonly Column[]
  rows(snapshot: Snapshot): readonly RowId[]
  defaultOrder(snapshot: Snapshot, rows: readonly RowId[]): readonly RowId[]
  /** The style of a whole row, such as grey for a stale one; undefined: each cell its own. */
  rowStyle?(snapshot: Snapshot, row: RowId): Style | undefined
}

/** What a filter searches: the plainest form of each cell, so that a terminal's looks decide nothing. */
const searched = createTheme('none', 'ascii')

/** Rows in the order in which they are shown, filtered. The text that is searched is that of all columns. */
export const orderOf = (table: Table, snapshot: Snapshot, state: TableState): readonly RowId[] => {
  const filter = parseFilter(state.filter)
  const all = table.rows(snapshot)
  const columns = table.columns(snapshot)
  const rows =
    filter === undefined ? all : all.filter((row) => passes(filter, rowText(snapshot, row, columns, searched)))
  const { held } = state
  if (held !== undefined && snapshot.at - held.at < holdTime) {
    const present = new Set(rows)
    const before = held.order.filter((row) => present.has(row))
    const known = new Set(before)
    return [...before, ...rows.filter((row) => !known.has(row))]
  }
  const column = columns.find(({ id }) => id === state.sort?.column)
  return column === undefined || state.sort === undefined
    ? table.defaultOrder(snapshot, rows)
    : sortRows(snapshot, rows, column, state.sort.descending)
}

/** What a key press moves in. */
export const shownOf = (table: Table, snapshot: Snapshot, state: TableState, size: Size): Shown => ({
  at: snapshot.at,
  order: orderOf(table, snapshot, state),
  columns: placeColumns(table.columns(snapshot), size.columns).map(({ column }) => column.id),
  height: Math.max(1, size.rows - 1),
})

const selectedColumn = (placed: readonly Placed[], state: TableState): string | undefined =>
  placed.some(({ column }) => column.id === state.column) ? state.column : placed[0]?.column.id

const headingOf = ({ column, width }: Placed, state: TableState, theme: Theme): Painted => {
  const { sort } = theme.glyphs
  const arrow = state.sort?.column === column.id ? (state.sort.descending ? sort.descending : sort.ascending) : ''
  return theme.paint(fit(clean(column.heading + arrow), width, column.align, theme.glyphs.ellipsis), 'title')
}

/** The heading and the rows in view: exactly `size.rows` lines of exactly `size.columns` cells. */
export const drawTable = (
  table: Table,
  snapshot: Snapshot,
  state: TableState,
  size: Size,
  theme: Theme,
): readonly Painted[] => {
  const placed = placeColumns(table.columns(snapshot), size.columns)
  const used = placed.reduce((sum, { width }) => sum + width, 0) + Math.max(0, placed.length - 1)
  const rest = blanks(size.columns - used)
  const selected = selectedColumn(placed, state)
  const between = clean(' ')
  const line = (cells: readonly Painted[]): Painted =>
    joinRow(...cells.flatMap((cell, index) => (index === 0 ? [cell] : [between, cell])), rest)

  const heading = line(
    placed.map((one) => {
      const text = headingOf(one, state, theme)
      return one.column.id === selected ? theme.paint(unpainted(text), 'cursor') : text
    }),
  )
  const order = orderOf(table, snapshot, state)
  const height = Math.max(0, size.rows - 1)
  const at = cursorIndex(state, order)
  const top = topFor(state.top, at, height, order.length)
  const rows = order.slice(top, top + height).map((row, index) => {
    const whole = table.rowStyle?.(snapshot, row)
    const painted = line(
      placed.map(({ column, width }) => {
        const cell = column.cell(snapshot, row, width, theme)
        return theme.paint(fit(cell.text, width, column.align, theme.glyphs.ellipsis), whole ?? cell.style)
      }),
    )
    return top + index === at ? theme.paint(painted, 'cursor') : painted
  })
  const lines = size.rows > 0 ? [heading, ...rows] : []
  const empty = joinRow(blanks(size.columns))
  return [...lines, ...Array.from({ length: Math.max(0, size.rows - lines.length) }, () => empty)]
}

/** The row and the column under the cursor. */
export const underCursor = (
  table: Table,
  snapshot: Snapshot,
  state: TableState,
  size: Size,
): { readonly row: RowId | undefined; readonly column: Column | undefined } => {
  const order = orderOf(table, snapshot, state)
  const placed = placeColumns(table.columns(snapshot), size.columns)
  const selected = selectedColumn(placed, state)
  return {
    row: order[cursorIndex(state, order)],
    column: placed.find(({ column }) => column.id === selected)?.column,
  }
}
