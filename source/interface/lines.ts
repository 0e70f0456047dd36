import { type Clean, clean, joinClean } from '../text/clean.ts'
import { lineText, type Painted, paintLine, row, type Segment, type Style } from '../text/colour.ts'
import { blanks, fit, widthOf } from '../text/width.ts'
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

/** A time of day in UTC, `14:03:22`: every person and every log in an incident means the same by it. */
export const timeOfDay = (wall: number): Clean =>
  clean(Number.isFinite(wall) ? new Date(wall).toISOString().slice(11, 19) : '-')
