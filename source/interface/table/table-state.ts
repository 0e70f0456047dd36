import type { RowId } from './column.ts'
import type { Sort } from './order.ts'

/** Cursor, sort, filter and scroll of any table. The cursor is an identity, not a number. */
export interface TableState {
  readonly cursor: RowId | undefined
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

/** The cursor's place in the order; a cursor whose row is gone, or that was never set, is at the first. */
export const cursorIndex = (state: TableState, order: readonly RowId[]): number =>
  state.cursor === undefined ? 0 : Math.max(0, order.indexOf(state.cursor))

/** The first row to show, so that the cursor is in view and the scroll moves as little as possible. */
export const topFor = (top: number, index: number, height: number, length: number): number =>
  clamp(clamp(top, index - height + 1, index), 0, Math.max(0, length - height))

const moved = (state: TableState, index: number, shown: Shown): TableState => {
  const at = clamp(index, 0, Math.max(0, shown.order.length - 1))
  return {
    ...state,
    cursor: shown.order[at] ?? state.cursor,
    top: topFor(state.top, at, shown.height, shown.order.length),
    held: { at: shown.at, order: shown.order },
  }
}

const sideways = (state: TableState, by: number, shown: Shown): TableState => {
  const index = state.column === undefined ? 0 : Math.max(0, shown.columns.indexOf(state.column))
  return { ...state, column: shown.columns[clamp(index + by, 0, shown.columns.length - 1)] }
}

const sorted = (state: TableState, column: string | undefined): TableState => {
  if (column === undefined) return state
  const descending = state.sort?.column === column ? !state.sort.descending : true
  return { ...state, sort: { column, descending }, held: undefined }
}

/** The one reducer of all tables; an action that is not a table's leaves the state as it is. */
export const reduceTable = (state: TableState, action: string, shown: Shown): TableState => {
  const index = cursorIndex(state, shown.order)
  switch (action) {
    case 'down':
      return moved(state, index + 1, shown)
    case 'up':
      return moved(state, index - 1, shown)
    case 'page-down':
      return moved(state, index + shown.height, shown)
    case 'page-up':
      return moved(state, index - shown.height, shown)
    case 'top':
      return moved(state, 0, shown)
    case 'bottom':
      return moved(state, shown.order.length - 1, shown)
    case 'left':
      return sideways(state, -1, shown)
    case 'right':
      return sideways(state, 1, shown)
    case 'sort':
      return sorted(state, state.column ?? shown.columns[0])
    case 'sort-name':
      return {
        ...state,
        sort: {
          column: shown.columns[0] ?? '',
          descending: state.sort?.column === shown.columns[0] && !state.sort?.descending,
        },
        held: undefined,
      }
    case 'sort-default':
      return { ...state, sort: undefined, held: undefined }
    default:
      return state
  }
}
