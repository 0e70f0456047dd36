import type { Snapshot } from '../../store/snapshot.ts'
import type { Clean } from '../../text/clean.ts'
import type { Segment } from '../../text/colour.ts'
import type { Align } from '../../text/width.ts'
import type { Theme } from '../theme.ts'

/** The identity of a row: what the cursor follows, whatever the order. */
export type RowId = string

/** A column of a table of rows that the snapshot holds. */
export interface Column {
  readonly id: string
  readonly heading: string
  /** Cells; a column with `grow` takes what is left. */
  readonly width: number
  readonly grow?: true
  /** Columns leave a narrow terminal from the highest number on; 0 never leaves. */
  readonly priority: number
  readonly align: Align
  /** The cell's content; its width is at most `width`, the table pads it. */
  cell(snapshot: Snapshot, row: RowId, width: number, theme: Theme): Segment
  /** What the cell is sorted by: numbers before texts, NaN and undefined last. */
  sortKey(snapshot: Snapshot, row: RowId): number | string | undefined
}

/** A column that has got its cells. */
export interface Placed {
  readonly column: Column
  readonly width: number
}

const gap = 1

/** The columns that fit, in their own order: those of low priority first, then what is left goes to the one that grows. */
export const placeColumns = (columns: readonly Column[], total: number): readonly Placed[] => {
  const chosen = new Set<Column>()
  let used = 0
  for (const column of columns.toSorted((one, other) => one.priority - other.priority)) {
    const width = column.width + (chosen.size > 0 ? gap : 0)
    if (column.priority > 0 && used + width > total) break
    chosen.add(column)
    used += width
  }
  const kept = columns.filter((column) => chosen.has(column))
  const rest = Math.max(0, total - used)
  return kept.map((column) => ({ column, width: column.grow ? column.width + rest : column.width }))
}

/** The text by which a row is found: all its cells. */
export const rowText = (snapshot: Snapshot, row: RowId, columns: readonly Column[], theme: Theme): string =>
  columns.map((column): Clean => column.cell(snapshot, row, column.width, theme).text).join(' ')
