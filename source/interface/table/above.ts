import type { Size } from '../screen.ts'
import { clamp } from './table-state.ts'

/**
 * Divides a body between a table of so many rows and what is said below it of the one under the cursor: the table takes what
 * its rows need, and leaves half of the room at least.
 */
export const tableAbove = (length: number, { columns, rows }: Size): { readonly above: Size; readonly below: Size } => {
  const taken = clamp(length + 2, 2, Math.max(2, Math.floor(rows / 2)))
  return { above: { columns, rows: taken }, below: { columns, rows: rows - taken } }
}
