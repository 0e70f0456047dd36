import { type Clean, clean, joinClean } from '../text/clean.ts'
import type { Segment, Style } from '../text/colour.ts'
import { asAscii, graphemesOf, widthOf } from '../text/width.ts'

/** A line of pieces, not yet painted; its width is the sum of theirs. */
export type Line = readonly Segment[]

/** A grid of cells that always ends as exactly `height` lines of exactly `width` cells. */
export interface Canvas {
  /** Puts a symbol of one cell; outside the grid nothing happens. */
  put(row: number, column: number, symbol: Clean, style: Style): void
  /** Puts a text, one cell a character; a text with wide characters in ASCII. */
  write(row: number, column: number, text: Clean, style: Style): void
  /** What stands in `length` cells; cells outside the grid are left out. */
  read(row: number, column: number, length: number): string
  lines(): readonly Line[]
}

const blank = clean(' ')

interface Cell {
  readonly symbol: Clean
  readonly style: Style
}

/** Joins neighbours of one style. */
const lineOf = (cells: readonly Cell[]): Line => {
  const line: Segment[] = []
  let start = 0
  for (let column = 1; column <= cells.length; column += 1) {
    const style = cells[start]?.style
    if (style === undefined || cells[column]?.style === style) continue
    line.push({ text: joinClean(cells.slice(start, column).map(({ symbol }) => symbol)), style })
    start = column
  }
  return line
}

/** An empty grid; `width` and `height` are whole and not negative. */
export const createCanvas = (width: number, height: number): Canvas => {
  const empty: Cell = { symbol: blank, style: 'plain' }
  const rows = Array.from({ length: height }, () => Array.from({ length: width }, () => empty))
  const put: Canvas['put'] = (row, column, symbol, style) => {
    const cells = rows[row]
    if (cells && column >= 0 && column < width) cells[column] = { symbol, style }
  }
  return {
    put,
    write: (row, column, text, style) => {
      const letters = graphemesOf(text)
      const single = letters.every((letter) => widthOf(letter) === 1) ? letters : graphemesOf(asAscii(text))
      single.forEach((letter, index) => put(row, column + index, letter, style))
    },
    read: (row, column, length) =>
      (rows[row] ?? [])
        .slice(Math.max(0, column), Math.max(0, column + length))
        .map(({ symbol }) => symbol)
        .join(''),
    lines: () => rows.map(lineOf),
  }
}
