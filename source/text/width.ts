import stringWidth from 'string-width'
import { type Clean, clean, joinClean } from './clean.ts'

export type Align = 'left' | 'right'

const beyondAscii = /[^\u0020-\u007e]/
// Besides ASCII: Latin letters, the ellipsis, box drawing, block elements and braille are one cell and one character each.
// Anything else is measured.
const notOneCell = /[^\u0020-\u007e\u00a1-\u024f\u2026\u2500-\u259f\u2800-\u28ff]/

// Where a grapheme ends does not depend on the language; naming one keeps the environment out of it.
let segmenter: Intl.Segmenter | undefined

/** Made when it is first needed: its tables take as long to load as a picture takes to draw. */
const graphemes = (): Intl.Segmenter => (segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' }))

const nothing = clean('')
const dots = clean('…')
const unfit = clean('\ufffd')

/** A width as whole cells: rounded down, 0 when it is negative, no number, or a million and more. */
export const wholeCells = (width: number): number => (width > 0 && width < 1e6 ? Math.floor(width) : 0)

/** The cells a text takes in a terminal. Ambiguous characters count as one. */
export const widthOf = (text: Clean): number => (notOneCell.test(text) ? stringWidth(text) : text.length)

/** `symbol`, of one cell, repeated to `width` cells (see `wholeCells`). */
export const repeat = (symbol: Clean, width: number): Clean =>
  clean(symbol.repeat(wholeCells(width)), Number.POSITIVE_INFINITY)

/** `width` spaces (see `wholeCells`). */
export const blanks = (width: number): Clean => repeat(clean(' '), width)

/** The characters as a reader counts them: a letter with its marks is one. */
export const graphemesOf = (text: Clean): readonly Clean[] =>
  notOneCell.test(text)
    ? Array.from(graphemes().segment(text), ({ segment }) => clean(segment))
    : Array.from(text, (letter) => clean(letter))

/** The longest beginning of `text` that takes at most `width` cells, in whole graphemes. */
const beginning = (text: Clean, width: number): Clean => {
  if (!notOneCell.test(text)) return clean(text.slice(0, width), Number.POSITIVE_INFINITY)
  const kept: Clean[] = []
  let used = 0
  for (const grapheme of graphemesOf(text)) {
    used += widthOf(grapheme)
    if (used > width) break
    kept.push(grapheme)
  }
  return joinClean(kept)
}

/**
 * Pads or cuts `text` to exactly `width` cells (see `wholeCells`), whatever it holds. A cut is marked by `ellipsis`, the
 * one of the glyph level, where it fits. A wide character that would be halved is left out and its cell padded.
 */
export const fit = (text: Clean, width: number, align: Align = 'left', ellipsis: Clean = dots): Clean => {
  const cells = wholeCells(width)
  const used = widthOf(text)
  if (used === cells) return text
  if (used < cells) {
    const space = blanks(cells - used)
    return joinClean(align === 'right' ? [space, text] : [text, space])
  }
  const mark = widthOf(ellipsis) <= cells ? ellipsis : nothing
  const kept = joinClean([beginning(text, cells - widthOf(mark)), mark])
  return fit(kept, cells, align, nothing)
}

/** Cuts one word into pieces of at most `width` cells; a character wider than that becomes U+FFFD. */
const breakWord = (word: Clean, width: number): readonly Clean[] => {
  if (widthOf(word) <= width) return [word]
  const pieces: Clean[] = []
  let piece: Clean[] = []
  let used = 0
  for (const grapheme of graphemesOf(word)) {
    const next = widthOf(grapheme) > width ? unfit : grapheme
    used += widthOf(next)
    if (used > width) {
      pieces.push(joinClean(piece))
      piece = []
      used = widthOf(next)
    }
    piece.push(next)
  }
  return [...pieces, joinClean(piece)]
}

/**
 * Wraps at spaces into lines of at most `width` cells, unpadded; a longer word is broken. Runs of spaces count as one. An
 * empty text is one empty line; a width below one cell has no lines.
 */
export const wrap = (text: Clean, width: number): readonly Clean[] => {
  const cells = wholeCells(width)
  if (cells === 0) return []
  const words = text.split(' ').filter((word) => word !== '')
  const lines: Clean[] = []
  let line = nothing
  for (const word of words.flatMap((word) => breakWord(clean(word, Number.POSITIVE_INFINITY), cells))) {
    if (line === '') line = word
    else if (widthOf(line) + 1 + widthOf(word) <= cells) line = joinClean([line, word], ' ')
    else {
      lines.push(line)
      line = word
    }
  }
  return [...lines, line]
}

/** The text in ASCII only and of the same width, for a terminal that shows nothing else: `?` for each foreign cell. */
export const asAscii = (text: Clean): Clean =>
  beyondAscii.test(text)
    ? joinClean(graphemesOf(text).map((part) => (beyondAscii.test(part) ? clean('?'.repeat(widthOf(part))) : part)))
    : text
