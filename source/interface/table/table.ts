import type { Snapshot } from '../../store/snapshot.ts'
import { type Clean, clean, joinClean } from '../../text/clean.ts'
import { row as joinRow, type Painted, unpainted } from '../../text/colour.ts'
import { blanks, fit, widthOf } from '../../text/width.ts'
import { fitHeight, fitLine, segment } from '../lines.ts'
import { perSnapshot } from '../per-snapshot.ts'
import type { Size } from '../screen.ts'
import type { Theme } from '../theme.ts'
import { type Column, hiddenBand, hiddenHint, isShown, type Placed, placeColumns, type RowId } from './column.ts'
import { parseFilter, type TextFilter } from './filter.ts'
import { sortRows } from './order.ts'
import { cursorIndex, holdTime, type Shown, type TableState, topFor } from './table-state.ts'

/** A table as data: its columns, its rows, and the order in which they stand when nobody sorts. */
export interface Table {
  columns(snapshot: Snapshot): readonly Column[]
  /** In an order that does not depend on figures, such as that of names: sorting leaves rows that tie as they came. */
  rows(snapshot: Snapshot): readonly RowId[]
  defaultOrder(snapshot: Snapshot, rows: readonly RowId[]): readonly RowId[]
  /** What stands in place of rows where there are none. */
  readonly empty: string | ((snapshot: Snapshot) => string)
  /** Whether a text in lower case is found in rows, where that is quicker than to ask each column. */
  finder?(snapshot: Snapshot, text: string): (row: RowId) => boolean
  /** Whether the rows are of the past, and are drawn so. */
  isOld?(snapshot: Snapshot): boolean
}

const passing = (
  { finder }: Table,
  snapshot: Snapshot,
  columns: readonly Column[],
  filter: TextFilter,
): ((row: RowId) => boolean) => {
  if (finder === undefined) return (row) => isShown(snapshot, row, columns, filter)
  const isFound = finder(snapshot, filter.text)
  return (row) => isFound(row) !== filter.inverse
}

const worked = (table: Table, snapshot: Snapshot, { filter: typed, sort, held }: TableState): readonly RowId[] => {
  const filter = parseFilter(typed)
  const all = table.rows(snapshot)
  const columns = table.columns(snapshot)
  const rows = filter === undefined ? all : all.filter(passing(table, snapshot, columns, filter))
  if (held !== undefined && snapshot.at - held.at < holdTime) {
    const present = new Set(rows)
    const before = held.order.filter((row) => present.has(row))
    const known = new Set(before)
    return [...before, ...rows.filter((row) => !known.has(row))]
  }
  const column = columns.find(({ id }) => id === sort?.column)
  return column === undefined || sort === undefined
    ? table.defaultOrder(snapshot, rows)
    : sortRows(snapshot, rows, column, sort.descending)
}

type Decisive = Pick<TableState, 'filter' | 'sort' | 'held'>

interface Ordered extends Decisive {
  readonly table: Table
  readonly order: readonly RowId[]
}

/** The last order of each snapshot: one paint asks for it several times. */
const lastOrder = perSnapshot((): { of: Ordered | undefined } => ({ of: undefined }))

/** Rows in the order in which they are shown, filtered. */
export const orderOf = (table: Table, snapshot: Snapshot, state: TableState): readonly RowId[] => {
  const { filter, sort, held } = state
  const last = lastOrder(snapshot)
  const { of } = last
  if (of?.table === table && of.filter === filter && of.sort === sort && of.held === held) return of.order
  // A key moved the cursor in this very order, which it holds from then on.
  const isHeld = of?.table === table && of.filter === filter && held !== undefined && held.order === of.order
  const order = isHeld && snapshot.at - held.at < holdTime ? of.order : worked(table, snapshot, state)
  last.of = { table, filter, sort, held, order }
  return order
}

/** How many rows of a table are shown, for a title: `12`; `3 of 12` under a filter. */
export const countWords = (shown: number, all: number): string => (shown === all ? String(all) : `${shown} of ${all}`)

/** What a key press moves in. */
export const shownOf = (table: Table, snapshot: Snapshot, state: TableState, size: Size): Shown => ({
  at: snapshot.at,
  order: orderOf(table, snapshot, state),
  columns: placeColumns(table.columns(snapshot), size.columns).map(({ column }) => column.id),
  height: Math.max(1, size.rows - 1),
})

const selectedColumn = (placed: readonly Placed[], state: TableState): string | undefined =>
  placed.some(({ column }) => column.id === state.column) ? state.column : placed[0]?.column.id

/** A heading gives way to the arrow of the column that rows are sorted by. */
const headingOf = ({ column, width }: Placed, state: TableState, theme: Theme): Painted => {
  const { sort, ellipsis } = theme.glyphs
  const heading = clean(column.heading)
  if (state.sort?.column !== column.id) return theme.paint(fit(heading, width, column.align, ellipsis), 'title')
  const arrow = state.sort.descending ? sort.descending : sort.ascending
  const name = fit(heading, Math.min(widthOf(heading), width - 1), 'left', ellipsis)
  return theme.paint(fit(joinClean([name, arrow]), width, column.align, ellipsis), 'title')
}

/** What stands in a table without rows, and is said of a key that wants one. */
export const emptyText = ({ empty }: Table, snapshot: Snapshot, { filter }: TableState): Clean => {
  if (parseFilter(filter) !== undefined) return clean(`no row passes the filter /${filter}: esc shows all again`)
  return clean(typeof empty === 'string' ? empty : empty(snapshot))
}

/** The heading and the rows in view: exactly `size.rows` lines of exactly `size.columns` cells. */
export const drawTable = (
  table: Table,
  snapshot: Snapshot,
  state: TableState,
  size: Size,
  theme: Theme,
): readonly Painted[] => {
  const columns = table.columns(snapshot)
  const placed = placeColumns(columns, size.columns)
  const used = placed.reduce((sum, { width }) => sum + width, 0) + Math.max(0, placed.length - 1)
  const rest = blanks(size.columns - used)
  const selected = selectedColumn(placed, state)
  const between = clean(' ')
  const line = (cells: readonly Painted[], end: Painted | Clean): Painted =>
    joinRow(...cells.flatMap((cell, index) => (index === 0 ? [cell] : [between, cell])), end)
  const hidden = clean(hiddenHint(columns, placed, size.columns - used))
  const inView = new Set(placed.map(({ column }) => column))
  const judged = hidden === '' ? [] : columns.filter((column) => column.band !== undefined && !inView.has(column))

  const heading = line(
    placed.map((one) => {
      const text = headingOf(one, state, theme)
      return one.column.id === selected ? theme.paint(unpainted(text), 'cursor') : text
    }),
    hidden === '' ? rest : theme.paint(hidden, 'dim'),
  )
  const order = orderOf(table, snapshot, state)
  const height = Math.max(0, size.rows - 1)
  const at = cursorIndex(state, order)
  const top = topFor(state.top, at, height, order.length)
  const isOld = table.isOld?.(snapshot) === true
  // Below the number of the columns without a place: in one of them something is to be seen.
  const endOf = (row: RowId): Painted | Clean => {
    const band = judged.length === 0 || isOld ? 'ok' : hiddenBand(snapshot, row, judged)
    if (band === 'ok') return rest
    return theme.paint(fit(theme.glyphs.standing[band], size.columns - used, 'right', theme.glyphs.ellipsis), band)
  }
  const rows = order.slice(top, top + height).map((row, index) => {
    const painted = line(
      placed.map(({ column, width }) => {
        const cell = column.cell(snapshot, row, width, theme)
        return theme.paint(fit(cell.text, width, column.align, theme.glyphs.ellipsis), isOld ? 'stale' : cell.style)
      }),
      endOf(row),
    )
    return top + index === at ? theme.paint(painted, 'cursor') : painted
  })
  const empty = fitLine([segment(emptyText(table, snapshot, state), 'dim')], size.columns, theme)
  return fitHeight([heading, ...(order.length === 0 ? [empty] : rows)], size.rows, size.columns)
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
