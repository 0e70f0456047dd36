import { type Band, bands, severity } from '../../metrics/metric.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import type { Segment } from '../../text/colour.ts'
import type { Align } from '../../text/width.ts'
import type { Theme } from '../theme.ts'
import type { TextFilter } from './filter.ts'

/** The identity of a row: what the cursor follows, whatever the order. */
export type RowId = string

/** A column of a table of rows that the snapshot holds. */
export interface Column {
  readonly id: string
  readonly heading: string
  /** The cells it needs. */
  readonly width: number
  /** The cells it takes where all columns have what they need, and there is room; without it, `width`. */
  readonly most?: number
  /** Columns leave a narrow terminal from the highest number on; 0 never leaves. */
  readonly priority: number
  readonly align: Align
  /** The cell's content, for a cell of `width`; the table pads it. */
  cell(snapshot: Snapshot, row: RowId, width: number, theme: Theme): Segment
  /** What the cell is sorted by: NaN and undefined stand last. */
  sortKey(snapshot: Snapshot, row: RowId): number | string | undefined
  /** The band that its cell stands in: where the column has no room, the end of the row is marked with it. */
  band?(snapshot: Snapshot, row: RowId): Band
  /** Its texts are names of objects of the cluster, of which there are many, or are to be compared letter by letter. */
  readonly objects?: true
  /**
   * What a filter finds the row by: words, not figures, which change each second. A column without it is not searched.
   */
  text?(snapshot: Snapshot, row: RowId): string
}

/** A column that has got its cells. */
export interface Placed {
  readonly column: Column
  readonly width: number
}

const gap = 1

/** The part of the table that a column of priority 0 may have before others have theirs: names tell rows apart. */
const share = 0.25

/**
 * The columns that fit into `total` cells with a blank between, in their own order. They are taken by priority up to the
 * first that has no room; one of priority 0 is cut rather than left out. What is left goes to those that may have more.
 */
const placeInto = (columns: readonly Column[], total: number): readonly Placed[] => {
  const widths = new Map<Column, number>()
  let left = total
  for (const column of columns.toSorted((one, other) => one.priority - other.priority)) {
    const room = left - (widths.size > 0 ? gap : 0)
    const stays = column.priority === 0
    if (room < (stays ? 1 : column.width)) break
    const wanted = stays ? Math.max(column.width, Math.min(column.most ?? 0, Math.floor(total * share))) : column.width
    const width = Math.min(wanted, room)
    widths.set(column, width)
    left = room - width
  }
  return columns.flatMap((column) => {
    const width = widths.get(column)
    if (width === undefined) return []
    const more = Math.min(left, Math.max(0, (column.most ?? 0) - width))
    left -= more
    return [{ column, width: width + more }]
  })
}

/** The cells in which a heading says how many columns found no place: `+12` after a blank. */
const hintWidth = 4

/** The columns in a table of `total` cells; where some find no place, room is left to say so. */
export const placeColumns = (columns: readonly Column[], total: number): readonly Placed[] => {
  const placed = placeInto(columns, total)
  if (placed.length === columns.length) return placed
  // Also in next to nothing: a column that stood there would leave where there is a little more.
  return placeInto(columns, Math.min(total, Math.max(1, total - hintWidth)))
}

/** Says that columns found no place: `+12`, for the end of a heading; empty where all did, or in less than its cells. */
export const hiddenHint = (columns: readonly Column[], placed: readonly Placed[], room: number): string => {
  const hidden = columns.length - placed.length
  return hidden > 0 && room >= hintWidth ? `+${hidden}`.padStart(room) : ''
}

/** The worst band of a row in columns that found no place. */
export const hiddenBand = (snapshot: Snapshot, row: RowId, hidden: readonly Column[]): Band =>
  bands[Math.max(0, ...hidden.map(({ band }) => severity(band?.(snapshot, row) ?? 'ok')))] ?? 'ok'

/** Whether a filter lets a row through, by what any of its columns says. */
export const isShown = (
  snapshot: Snapshot,
  row: RowId,
  columns: readonly Column[],
  { text, inverse }: TextFilter,
): boolean => columns.some((column) => column.text?.(snapshot, row).toLowerCase().includes(text)) !== inverse
