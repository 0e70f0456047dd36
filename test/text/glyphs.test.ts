import { describe, expect, test } from 'vitest'
import type { Clean } from '../../source/text/clean.ts'
import { type GlyphLevel, glyphLevelOf, glyphsFor } from '../../source/text/glyphs.ts'
import { widthOf } from '../../source/text/width.ts'

const levels: readonly GlyphLevel[] = ['braille', 'block', 'ascii']

const everySymbol = (table: object): readonly Clean[] =>
  Object.values(table).flatMap((entry: Clean | object) => (typeof entry === 'string' ? [entry] : everySymbol(entry)))

describe.each(levels)('the glyphs of level %s', (level) => {
  test('take one cell each', () => {
    expect(everySymbol(glyphsFor(level)).filter((symbol) => widthOf(symbol) !== 1)).toEqual([])
  })

  test('tell every standing apart without colour, and quiet is blank', () => {
    const symbols = Object.values(glyphsFor(level).standing)
    expect(new Set(symbols).size).toBe(6)
    expect(glyphsFor(level).standing.ok).toBe(' ')
  })

  test('tell what is cut from what is stale, and a sorted column from a critical one', () => {
    const { standing, ellipsis, sort } = glyphsFor(level)
    for (const sign of [ellipsis, sort.ascending, sort.descending]) expect(Object.values(standing)).not.toContain(sign)
  })

  test('draw no value as a gap', () => {
    const { columns, bar, track, chart } = glyphsFor(level)
    expect([...columns, ...bar, track, chart.extent, chart.threshold, chart.line[0], chart.line[4]]).not.toContain(' ')
    expect(new Set(columns).size).toBe(columns.length)
  })

  test('keep the line apart from the thresholds and extents', () => {
    const { line, threshold, extent } = glyphsFor(level).chart
    expect(line).toHaveLength(10)
    expect(line).not.toContain(threshold)
    expect(line).not.toContain(extent)
    expect(threshold).not.toBe(extent)
  })
})

test('level ascii is ASCII', () => {
  expect(everySymbol(glyphsFor('ascii')).join('')).toMatch(/^[ -~]+$/)
})

test.each<[Record<string, string>, GlyphLevel]>([
  [{ LANG: 'en_US.UTF-8', TERM: 'xterm-256color' }, 'block'],
  [{ LANG: 'nb_NO.utf8', TERM: 'tmux' }, 'block'],
  [{ LANG: 'en_US.UTF-8', LC_ALL: 'C', TERM: 'xterm' }, 'ascii'],
  [{ LANG: '', LC_CTYPE: 'C.UTF-8', TERM: 'linux' }, 'ascii'],
  [{}, 'ascii'],
])('the environment %j promises %s', (environment, level) => {
  expect(glyphLevelOf(environment)).toBe(level)
})
