import type { RowId } from './column.ts'
import type { Sort } from './order.ts'

/** Cursor, sort, filter and scroll of any table. The cursor is an identity, not a number. */
export interface TableState {
  /** Undefined until somebody moves: then it is the first row, whichever that is. */
  readonly cursor: RowId | undefined
  /** Where the cursor's row stood when it was last moved: there it stays should that row vanish. */
  readonly place: number
  /** Id of the selected column; undefined: the first. */
  readonly column: string | undefined
  readonly sort: Sort | undefined
  readonly filter: string
  readonly top: number
  /** While the cursor moves, the order in which the rows stood stays: time of the last move, and that order. */
  readonly held: { readonly at: number; readonly order: readonly RowId[] } | undefined
}

export const emptyTable: TableState = {
  cursor: undefined,
  place: 0,
  column: undefined,
  sort: undefined,
  filter: '',
  top: 0,
  held: undefined,
}

/** Milliseconds after the last move during which rows keep their places. */
export const holdTime = 2000

/** What the table shows just now: the reducer moves in it. */
export interface Shown {
  readonly at: number
  readonly order: readonly RowId[]
  readonly columns: readonly string[]
  /** Rows that have room. */
  readonly height: number
}

export const clamp = (value: number, least: number, most: number): number => Math.max(least, Math.min(most, value))

/** The cursor's place in the order. */
export const cursorIndex = (state: TableState, order: readonly RowId[]): number => {
  const index = state.cursor === undefined ? 0 : order.indexOf(state.cursor)
  return index >= 0 ? index : clamp(state.place, 0, Math.max(0, order.length - 1))
}

/** The first row to show, so that the cursor is in view and the scroll moves as little as possible. */
export const topFor = (top: number, index: number, height: number, length: number): number =>
  clamp(clamp(top, index - height + 1, index), 0, Math.max(0, length - height))

const moved = (state: TableState, index: number, shown: Shown): TableState => {
  const at = clamp(index, 0, Math.max(0, shown.order.length - 1))
  return {
    ...state,
    cursor: shown.order[at] ?? state.cursor,
    place: at,
    top: topFor(state.top, at, shown.height, shown.order.length),
    held: { at: shown.at, order: shown.order },
  }
}

/** The cursor stays on the row that it is on, whatever becomes of the order. */
export const pinned = (state: TableState, order: readonly RowId[]): TableState => {
  const place = cursorIndex(state, order)
  return { ...state, cursor: order[place] ?? state.cursor, place }
}

const sideways = (state: TableState, by: number, shown: Shown): TableState => {
  const index = state.column === undefined ? 0 : Math.max(0, shown.columns.indexOf(state.column))
  return { ...state, column: shown.columns[clamp(index + by, 0, shown.columns.length - 1)] }
}

/** Names from the first on, figures from the greatest on; once more turns it round. */
const sorted = (state: TableState, column: string | undefined, first: string | undefined): TableState => {
  if (column === undefined) return state
  const descending = state.sort?.column === column ? !state.sort.descending : column !== first
  return { ...state, sort: { column, descending }, held: undefined }
}

/** Shows only rows that a text is found in; the cursor's row keeps the cursor if it is among them. */
export const filtered = (state: TableState, filter: string): TableState => ({
  ...state,
  filter,
  place: 0,
  held: undefined,
})

/** The one reducer of all tables; an action that is not a table's leaves the state as it is. */
export const reduceTable = (before: TableState, action: string, shown: Shown): TableState => {
  const [first] = shown.columns
  const state = pinned(before, shown.order)
  switch (action) {
    case 'down':
      return moved(state, state.place + 1, shown)
    case 'up':
      return moved(state, state.place - 1, shown)
    case 'page-down':
      return moved(state, state.place + shown.height, shown)
    case 'page-up':
      return moved(state, state.place - shown.height, shown)
    case 'top':
      return moved(state, 0, shown)
    case 'bottom':
      return moved(state, shown.order.length - 1, shown)
    case 'left':
      return sideways(state, -1, shown)
    case 'right':
      return sideways(state, 1, shown)
    case 'sort':
      return sorted(state, state.column ?? first, first)
    case 'sort-name':
      return sorted(state, first, first)
    case 'sort-default':
      return { ...state, sort: undefined, held: undefined }
    default:
      return before
  }
}
