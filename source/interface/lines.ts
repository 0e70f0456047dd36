import { type Clean, clean, joinClean } from '../text/clean.ts'
import { lineText, type Painted, paintLine, row, type Segment, type Style } from '../text/colour.ts'
import { blanks, fit, graphemesOf, widthOf, wrap } from '../text/width.ts'
import type { Theme } from './theme.ts'

export const segment = (text: string, style: Style = 'plain'): Segment => ({ text: clean(text), style })

/** Segments painted and padded, or cut, to exactly `width` cells. A cut ends in an ellipsis. */
export const fitLine = (line: readonly Segment[], width: number, theme: Theme): Painted => {
  const total = widthOf(lineText(line))
  if (total <= width) return row(paintLine(line, theme.paint), blanks(width - total))
  const kept: Segment[] = []
  let left = width
  for (const { text, style } of line) {
    const used = widthOf(text)
    if (used >= left) {
      kept.push({
        text: fit(used === left ? joinClean([text, clean(' ')]) : text, left, 'left', theme.glyphs.ellipsis),
        style,
      })
      break
    }
    kept.push({ text, style })
    left -= used
  }
  return paintLine(kept, theme.paint)
}

/** Left and right part on one line of exactly `width` cells; the right one is cut first. */
export const twoEnds = (left: readonly Segment[], right: readonly Segment[], width: number, theme: Theme): Painted => {
  const used = widthOf(lineText(left))
  const room = Math.max(0, width - used - 1)
  const other = widthOf(lineText(right))
  if (used >= width) return fitLine(left, width, theme)
  return row(fitLine(left, width - Math.min(other, room), theme), fitLine(right, Math.min(other, room), theme))
}

/** Exactly `rows` lines: cut, or filled with blank ones. */
export const fitHeight = (lines: readonly Painted[], rows: number, columns: number): readonly Painted[] => {
  const empty = row(blanks(columns))
  return Array.from({ length: rows }, (_, index) => lines[index] ?? empty)
}

/** A text wrapped into at most `rows` lines; the last holds all the rest, for whoever draws it to cut. */
export const wrapInto = (text: Clean, width: number, rows: number): readonly Clean[] => {
  const lines = wrap(text, width)
  return lines.length <= rows ? lines : [...lines.slice(0, rows - 1), joinClean(lines.slice(rows - 1), ' ')]
}

/** As many of these graphemes as fit into `width` cells, from the first on. */
const taken = (graphemes: readonly Clean[], width: number): readonly Clean[] => {
  let used = 0
  const end = graphemes.findIndex((grapheme) => {
    used += widthOf(grapheme)
    return used > width
  })
  return end < 0 ? graphemes : graphemes.slice(0, end)
}

/** The last `width` cells of a text at most: where somebody types. */
export const ending = (text: Clean, width: number): Clean =>
  joinClean(taken(graphemesOf(text).toReversed(), width).toReversed())

/**
 * A name in at most `width` cells: cut in the middle, because names of nodes differ at the beginning (an address) or at
 * the end (a number in a pool).
 */
export const cutMiddle = (name: Clean, width: number, ellipsis: Clean): Clean => {
  if (widthOf(name) <= width) return name
  const room = Math.max(0, width - widthOf(ellipsis))
  const front = joinClean(taken(graphemesOf(name), Math.ceil(room * 0.6)))
  return fit(joinClean([front, ellipsis, ending(name, room - widthOf(front))]), width, 'left', ellipsis)
}

/** A name in a cell of `width`: what is cut of it is its middle. */
export const nameCell = (name: string, width: number, { glyphs }: Theme): Segment => ({
  text: cutMiddle(clean(name), width, glyphs.ellipsis),
  style: 'plain',
})

/** A label of `indent` cells and its text beside it, wrapped under itself, in lines of at most `width` cells. */
export const labelled = (
  label: Segment,
  indent: number,
  text: string,
  width: number,
  style: Style = 'plain',
): readonly (readonly Segment[])[] =>
  wrap(clean(text), Math.max(10, width - indent)).map((part, index) => [
    segment((index === 0 ? label.text : '').padEnd(indent), label.style),
    { text: part, style },
  ])

/** A time of day in UTC, `14:03:22`: every person and every log in an incident means the same by it. */
export const timeOfDay = (wall: number): Clean =>
  clean(Number.isFinite(wall) ? new Date(wall).toISOString().slice(11, 19) : '-')
