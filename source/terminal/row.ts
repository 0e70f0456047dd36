/* oxlint-disable no-control-regex -- control sequences are what this file reads */
import stringWidth from 'string-width'
import { agreedCells, standsApart } from './agreed-cells.ts'
import type { Pens } from './pens.ts'

/**
 * One row of cells without its invisible end. A glyph wider than one cell stands in its first cell, and the others hold
 * ''. `pens` has the pen of each cell.
 */
export type Row = { readonly glyphs: readonly string[]; readonly pens: readonly number[] }

let segmenter: Intl.Segmenter | undefined

/** Made when it is first needed: its tables take long to load. */
const graphemes = (): Intl.Segmenter => (segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' }))

const escape = 0x1b
const sgr = /\u001b\[([\d;:]*)m/y
// Ends where a sequence ends, or where the text does if it never ends.
const otherSequence = /\u001b(?:\[[0-?]*[ -/]*[@-~]?|[\]P_^X][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~]?)/y
const plainText = /[^\u001b]*/y

const takeAt = (expression: RegExp, text: string, at: number): RegExpExecArray | null => {
  expression.lastIndex = at
  return expression.exec(text)
}

/**
 * Reads one line of a frame into cells, at most `columns` of them. Of control sequences only SGR counts: whatever else a
 * line holds is dropped, so that nothing but glyphs and colours ever reaches the terminal from a frame. A line begins in
 * the plain pen, as every line of Ink's does.
 */
export const readRow = (text: string, columns: number, pens: Pens): Row => {
  const glyphs: string[] = []
  const used: number[] = []
  let pen = 0
  let length = 0

  const put = (glyph: string, cells: number): void => {
    // A wide glyph that does not fit in whole is not drawn in half.
    const drawn = glyphs.length + cells > columns ? ' ' : glyph
    const seen = drawn === ' ' && pens.isInvisible(pen) ? 0 : pen
    for (let cell = 0; cell < cells && glyphs.length < columns; cell++) {
      glyphs.push(cell === 0 || drawn === ' ' ? drawn : '')
      used.push(seen)
    }
    if (drawn !== ' ' || seen !== 0) length = glyphs.length
  }

  const measure = (segment: string): void => {
    const cells = stringWidth(segment)
    if (cells > 0) put(segment, cells)
    else if (segment === '\t') put(' ', 1)
    else if (/^\p{M}/u.test(segment)) {
      // A mark that stands alone because a colour came between it and its letter.
      const last = glyphs.findLastIndex((glyph) => glyph !== '')
      if (last < 0) return
      glyphs[last] += segment
      length = glyphs.length
    }
  }

  for (let at = 0; at < text.length && glyphs.length < columns; ) {
    const unit = text.charCodeAt(at)
    const cells = agreedCells(unit)
    if (cells > 0 && standsApart(text.charCodeAt(at + 1))) {
      put(text.charAt(at), cells)
      at += 1
    } else if (unit === escape) {
      const colours = takeAt(sgr, text, at)
      if (colours) pen = pens.apply(pen, colours[1] ?? '')
      at += (colours ?? takeAt(otherSequence, text, at))?.[0].length ?? 1
    } else {
      const run = takeAt(plainText, text, at)?.[0] ?? ''
      for (const { segment } of graphemes().segment(run)) if (glyphs.length < columns) measure(segment)
      at += run.length
    }
  }
  glyphs.length = length
  used.length = length
  return { glyphs, pens: used }
}
