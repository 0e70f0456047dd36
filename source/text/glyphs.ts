import { type Clean, clean } from './clean.ts'

/** How much the terminal's font and locale can show. */
export type GlyphLevel = 'braille' | 'block' | 'ascii'

/** How a figure stands: its band, or why it has none. The name is also the word shown beside the symbol. */
export type Standing = 'ok' | 'note' | 'warning' | 'critical' | 'stale' | 'missing'

/** Every symbol drawn anywhere, one cell each. */
export interface Glyphs {
  /** A different symbol for each, so that colour is never needed to tell them apart. */
  readonly standing: Readonly<Record<Standing, Clean>>
  readonly sort: { readonly ascending: Clean; readonly descending: Clean }
  readonly cursor: Clean
  readonly mark: Clean
  readonly bullet: Clean
  readonly ellipsis: Clean
  /** Stands for a letter of a secret. */
  readonly hidden: Clean
  /** Before a figure that may be greater. */
  readonly least: Clean
  readonly separator: Clean
  readonly border: {
    readonly horizontal: Clean
    readonly vertical: Clean
    readonly topLeft: Clean
    readonly topRight: Clean
    readonly bottomLeft: Clean
    readonly bottomRight: Clean
  }
  /** Rising columns of a sparkline, the floor first. In braille a cell holds two, see `sparkline`. */
  readonly columns: readonly Clean[]
  /** A bar's last cell, emptiest first, then its full cell. */
  readonly bar: readonly Clean[]
  /** What a bar leaves empty: nothing drawn would be no value at all. */
  readonly track: Clean
  readonly chart: {
    /** In the order of asciichart: start, axis, two unused, level, turns (from above, from below, to below, to above), upright. */
    readonly line: readonly Clean[]
    /** From a bucket's least to its greatest, where the line is not. */
    readonly extent: Clean
    readonly threshold: Clean
    readonly axis: Clean
    readonly tick: Clean
  }
}

const each = (symbols: string): readonly Clean[] => Array.from(symbols, (symbol) => clean(symbol))

const block: Glyphs = {
  standing: {
    ok: clean(' '),
    note: clean('•'),
    warning: clean('△'),
    critical: clean('▲'),
    stale: clean('~'),
    missing: clean('?'),
  },
  sort: { ascending: clean('↑'), descending: clean('↓') },
  cursor: clean('▌'),
  mark: clean('✓'),
  bullet: clean('●'),
  ellipsis: clean('…'),
  hidden: clean('•'),
  least: clean('≥'),
  separator: clean('›'),
  border: {
    horizontal: clean('─'),
    vertical: clean('│'),
    topLeft: clean('┌'),
    topRight: clean('┐'),
    bottomLeft: clean('└'),
    bottomRight: clean('┘'),
  },
  columns: each('▁▂▃▄▅▆▇█'),
  bar: each('▏▎▍▌▋▊▉█'),
  track: clean('·'),
  chart: {
    line: each('─ ╶╴─╰╭╮╯│'),
    extent: clean('┊'),
    threshold: clean('╌'),
    axis: clean('│'),
    tick: clean('┤'),
  },
}

const ascii: Glyphs = {
  standing: {
    ok: clean(' '),
    note: clean('i'),
    warning: clean('!'),
    critical: clean('X'),
    stale: clean('~'),
    missing: clean('?'),
  },
  sort: { ascending: clean('^'), descending: clean('v') },
  cursor: clean('>'),
  mark: clean('*'),
  bullet: clean('o'),
  ellipsis: clean('$'),
  hidden: clean('*'),
  least: clean('>'),
  separator: clean('>'),
  border: {
    horizontal: clean('-'),
    vertical: clean('|'),
    topLeft: clean('+'),
    topRight: clean('+'),
    bottomLeft: clean('+'),
    bottomRight: clean('+'),
  },
  columns: each('_-=+*#'),
  bar: each('#'),
  track: clean('.'),
  chart: {
    line: each("- ---`..'|"),
    extent: clean(':'),
    threshold: clean('='),
    axis: clean('|'),
    tick: clean('+'),
  },
}

const levels: Readonly<Record<GlyphLevel, Glyphs>> = { braille: block, block, ascii }

/** The symbols of a level. Braille differs from block only in how a sparkline packs its columns. */
export const glyphsFor = (level: GlyphLevel): Glyphs => levels[level]

/**
 * The level an environment promises: `ascii` without a UTF-8 locale and on the Linux console, whose font has no eighth
 * blocks; else `block`. Braille is left to be asked for: many fonts lack it or draw it too faint to read.
 */
export const glyphLevelOf = (environment: Readonly<Record<string, string | undefined>>): GlyphLevel => {
  const { LC_ALL, LC_CTYPE, LANG, TERM } = environment
  const utf8 = /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '')
  return utf8 && TERM !== 'linux' && TERM !== 'dumb' ? 'block' : 'ascii'
}
