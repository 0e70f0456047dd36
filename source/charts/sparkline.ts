import { type Clean, clean, joinClean } from '../text/clean.ts'
import { type GlyphLevel, glyphsFor } from '../text/glyphs.ts'
import { blanks, wholeCells } from '../text/width.ts'
import { type Scale, shareOf } from './scale.ts'

export interface Sparkline {
  /** Cells. */
  readonly width: number
  readonly glyphs: GlyphLevel
  readonly scale: Scale
}

// Dots of a braille cell as bits of its code point: columns of one to four dots from the bottom, left and right.
const leftDots = [0, 0x40, 0x44, 0x46, 0x47] as const
const rightDots = [0, 0x80, 0xa0, 0xb0, 0xb8] as const
const brailleBlank = 0x2800

/** The greatest finite value of each of `slots` stretches, the newest last; NaN before the first value and in gaps. */
const maxima = (values: ArrayLike<number>, slots: number): readonly number[] => {
  const used = Math.min(slots, values.length)
  const bars = Array.from({ length: slots }, () => Number.NaN)
  for (let slot = 0; slot < used; slot += 1) {
    const end = Math.floor(((slot + 1) * values.length) / used)
    for (let index = Math.floor((slot * values.length) / used); index < end; index += 1) {
      const value = values[index] ?? Number.NaN
      const at = slots - used + slot
      if (Number.isFinite(value)) bars[at] = Math.max(value, bars[at] || value)
    }
  }
  return bars
}

/** Steps of a column, 1 to `steps`; 0 for a gap. Only the floor itself is 1: a single drop must not look like none. */
const heightOf = (value: number, scale: Scale, steps: number): number =>
  Number.isFinite(value) ? 1 + Math.ceil(shareOf(value, scale) * (steps - 1)) : 0

/**
 * A series as one line of exactly `width` cells, the newest value at the right. Blank is a gap or before the first value; a
 * value is never blank, not even 0. Where there are more values than columns, a column is the greatest of its stretch.
 * Braille packs two columns of four steps into a cell.
 */
export const sparkline = (values: ArrayLike<number>, { width, glyphs, scale }: Sparkline): Clean => {
  const cells = wholeCells(width)
  if (glyphs === 'braille') {
    const heights = maxima(values, 2 * cells).map((value) => heightOf(value, scale, 4))
    const codes = Array.from(
      { length: cells },
      (_, cell) => (leftDots[heights[2 * cell] ?? 0] ?? 0) | (rightDots[heights[2 * cell + 1] ?? 0] ?? 0),
    )
    return clean(
      codes.map((dots) => (dots === 0 ? ' ' : String.fromCharCode(brailleBlank + dots))).join(''),
      Number.POSITIVE_INFINITY,
    )
  }
  const { columns } = glyphsFor(glyphs)
  const gap = blanks(1)
  return joinClean(maxima(values, cells).map((value) => columns[heightOf(value, scale, columns.length) - 1] ?? gap))
}
