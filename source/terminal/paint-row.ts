import { isAgreed } from './agreed-cells.ts'
import type { Pens } from './pens.ts'
import type { Row } from './row.ts'
import { eraseToLineEnd, toCell, toColumn, wrapOff, wrapOn } from './sequences.ts'

/** What is being written to the terminal, and the pen it has by then. */
export type Brush = { text: string; pen: number }

const bytesOf = (glyph: string): number => {
  const unit = glyph.charCodeAt(0)
  return unit < 0x80 ? glyph.length : unit < 0x800 ? 2 : 3 * glyph.length
}

// What a change of pen costs on average; with it, text of many colours is skipped rather than written again.
const penBytes = 8

const cellsAt = (row: Row, column: number): number => {
  let cells = 1
  while (row.glyphs[column + cells] === '') cells++
  return cells
}

/**
 * Writes what turns row `before` into `after` on line `line` (from 0) of a terminal with this many columns; `before` is
 * undefined where nobody knows what the line shows. Cells that are equal are skipped where going round them takes fewer
 * bytes than writing them again, so a row that changed all over comes out whole. Addresses are absolute.
 */
export const paintRow = (
  brush: Brush,
  pens: Pens,
  before: Row | undefined,
  after: Row,
  line: number,
  columns: number,
): void => {
  const { glyphs } = after
  let at = -1
  // Terminals that draw a glyph wider than we measured have touched the cell behind it.
  let touched = -1

  const takePen = (pen: number): void => {
    brush.text += pens.change(brush.pen, pen)
    brush.pen = pen
  }
  const draw = (column: number): void => {
    const glyph = glyphs[column] ?? ' '
    const cells = cellsAt(after, column)
    takePen(after.pens[column] ?? 0)
    at = column + cells
    if (isAgreed(glyph)) {
      brush.text += glyph
      return
    }
    // Terminals differ about this one: its cells are blanked first and the next glyph has its own address, so that a
    // difference stays where it is. In the last column nothing may wrap.
    const edge = at >= columns
    const address = edge ? '' : toColumn(at)
    brush.text += `${edge ? wrapOff : ''}${' '.repeat(cells)}${toColumn(column)}${glyph}${address}${edge ? wrapOn : ''}`
    touched = at
  }
  const reach = (column: number): void => {
    if (at === column) return
    const address = at < 0 ? toCell(line, column) : toColumn(column)
    let bytes = at < 0 ? Number.POSITIVE_INFINITY : 0
    for (let cell = at; cell < column && bytes <= address.length; cell++) {
      const glyph = glyphs[cell] ?? ' '
      if (after.pens[cell] !== brush.pen || (glyph !== '' && !isAgreed(glyph))) bytes += penBytes
      bytes += bytesOf(glyph)
    }
    if (bytes > address.length) brush.text += address
    else for (let cell = at; cell < column; cell++) if (glyphs[cell] !== '') draw(cell)
    at = column
  }

  for (let column = 0; column < glyphs.length; column++) {
    if (glyphs[column] === '') continue
    const isEqual =
      before !== undefined &&
      column !== touched &&
      glyphs[column] === (before.glyphs[column] ?? ' ') &&
      after.pens[column] === (before.pens[column] ?? 0)
    if (isEqual) continue
    reach(column)
    draw(column)
  }
  const end = glyphs.length
  if (end < columns && (before === undefined || before.glyphs.length > end || touched === end)) {
    reach(end)
    takePen(0)
    brush.text += eraseToLineEnd
  }
}
