import { type Clean, clean, joinClean } from './clean.ts'
import { type ColourDepth, defaultPalette, type Look, type Palette, type Style } from './palette.ts'
import { widthOf } from './width.ts'

export type { ColourDepth, Palette, Style } from './palette.ts'

declare const painted: unique symbol

/** Printable text and SGR sequences, nothing else. Every sequence it opens it also closes. */
export type Painted = string & { readonly [painted]: true }

export type Painter = (text: Clean | Painted, style: Style) => Painted

/** A piece of a line, not yet painted: what renderers return. */
export interface Segment {
  readonly text: Clean
  readonly style: Style
}

const codesOf = ({ colour, bold, reverse }: Look, depth: ColourDepth): readonly string[] => {
  const codes: string[] = []
  if (bold && depth !== 'none') codes.push('1')
  if (colour && depth !== 'none') codes.push(colour[depth])
  if (reverse) codes.push('7')
  return codes
}

/** Ends one attribute and leaves the rest: a full reset would end the cursor's reverse video in the middle of its row. */
const closing = (code: string): string => {
  const first = Number.parseInt(code, 10)
  if (first === 1 || first === 2) return '22'
  if (first === 7) return '27'
  return (first >= 40 && first < 50) || first >= 100 ? '49' : '39'
}

const sequence = (codes: readonly string[]): string => (codes.length > 0 ? `\u001b[${codes.join(';')}m` : '')

/**
 * A painter for one colour depth. With `none` (`NO_COLOR`) the text comes back unchanged, except for the style `cursor`:
 * reverse video is no colour, and without it nobody would find the row. Painted text may be painted over with an attribute
 * that it does not use itself, as the cursor row does.
 */
export const createPainter = (depth: ColourDepth, palette: Palette = defaultPalette): Painter => {
  const around = new Map<Style, readonly [string, string]>()
  for (const [style, look] of Object.entries(palette) as [Style, Look][]) {
    const codes = codesOf(look, depth)
    if (codes.length > 0) around.set(style, [sequence(codes), sequence([...new Set(codes.map(closing))])])
  }
  return (text, style) => {
    const pair = text === '' ? undefined : around.get(style)
    return (pair ? `${pair[0]}${text}${pair[1]}` : text) as Painted
  }
}

/** Puts painted and plain pieces side by side; the width is the sum of theirs. */
export const row = (...parts: readonly (Painted | Clean)[]): Painted => parts.join('') as Painted

// oxlint-disable-next-line no-control-regex -- SGR sequences begin with one
const sgr = /\u001b\[[\d;]*m/g

/** The text without its paint. */
export const unpainted = (text: Painted): Clean => clean(text.replace(sgr, ''), Number.POSITIVE_INFINITY)

/** The cells a painted text takes. */
export const paintedWidth = (text: Painted): number => widthOf(unpainted(text))

export const paintLine = (line: readonly Segment[], paint: Painter): Painted =>
  row(...line.map(({ text, style }) => paint(text, style)))

export const lineText = (line: readonly Segment[]): Clean => joinClean(line.map(({ text }) => text))

/**
 * What an environment asks for: `none` with a `NO_COLOR` that is not empty (no-color.org) or a dumb terminal, else what
 * `COLORTERM` and `TERM` promise.
 */
export const colourDepthOf = (environment: Readonly<Record<string, string | undefined>>): ColourDepth => {
  const { NO_COLOR, COLORTERM = '', TERM = '' } = environment
  if (NO_COLOR || TERM === 'dumb') return 'none'
  if (/^(truecolor|24bit)$/.test(COLORTERM) || TERM.endsWith('-direct')) return 'truecolor'
  return TERM.includes('256') ? '256' : '16'
}
