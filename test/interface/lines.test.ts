import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  cutMiddle,
  ending,
  fitHeight,
  fitLine,
  segment,
  timeOfDay,
  twoEnds,
  wrapInto,
} from '../../source/interface/lines.ts'
import { createTheme } from '../../source/interface/theme.ts'
import { clean } from '../../source/text/clean.ts'
import { lineText, paintedWidth, row, unpainted } from '../../source/text/colour.ts'
import { widthOf } from '../../source/text/width.ts'
import { cleanText, colourDepth, glyphLevel, segments } from './arbitraries.ts'

const theme = createTheme('none', 'block')
const ellipsis = theme.glyphs.ellipsis
const width = (): fc.Arbitrary<number> => fc.integer({ min: 0, max: 120 })

describe('a line', () => {
  test('takes exactly the cells it is given, whatever stands in it', () => {
    fc.assert(
      fc.property(segments(), width(), colourDepth(), glyphLevel(), (line, cells, depth, level) => {
        expect(paintedWidth(fitLine(line, cells, createTheme(depth, level)))).toBe(cells)
      }),
    )
  })

  test('is whole where it fits, and says so where it does not', () => {
    fc.assert(
      fc.property(segments(), width(), (line, cells) => {
        const text = lineText(line)
        const drawn = unpainted(fitLine(line, cells, theme))
        const isWhole = drawn.trimEnd() === text.trimEnd()
        expect(widthOf(text) <= cells ? isWhole : drawn.trimEnd().endsWith(cells > 0 ? '…' : '')).toBe(true)
      }),
    )
  })

  test('cuts at the piece that has no room, with an ellipsis, also at its very end', () => {
    const line = [segment('abc'), segment('def', 'title'), segment('ghi')]
    expect(unpainted(fitLine(line, 9, theme))).toBe('abcdefghi')
    expect(unpainted(fitLine(line, 8, theme))).toBe('abcdefg…')
    expect(unpainted(fitLine(line, 6, theme))).toBe('abcde…')
  })
})

describe('a line with two ends', () => {
  test('takes exactly the cells it is given', () => {
    fc.assert(
      fc.property(segments(), segments(), width(), (left, right, cells) => {
        expect(paintedWidth(twoEnds(left, right, cells, theme))).toBe(cells)
      }),
    )
  })

  test('keeps both apart, and cuts the right one first', () => {
    const both = (cells: number): string => unpainted(twoEnds([segment('left')], [segment('right')], cells, theme))
    expect(both(14)).toBe('left     right')
    expect(both(10)).toBe('left right')
    expect(both(8)).toBe('left ri…')
    expect(both(5)).toBe('left ')
    expect(both(3)).toBe('le…')
  })
})

describe('a height', () => {
  test('is exactly what was asked for, cut or filled with blank lines', () => {
    expect(fitHeight([row(clean('a')), row(clean('b'))], 1, 3)).toEqual(['a'])
    expect(fitHeight([row(clean('a'))], 3, 3)).toEqual(['a', '   ', '   '])
    expect(fitHeight([row(clean('a'))], 0, 3)).toEqual([])
  })
})

describe('a name that is too long', () => {
  test('loses its middle', () => {
    expect(cutMiddle(clean('gke-prod-pool-2-4f1e22-x7k2'), 16, ellipsis)).toBe('gke-prod-…2-x7k2')
    expect(cutMiddle(clean('worker-1'), 8, ellipsis)).toBe('worker-1')
    expect(cutMiddle(clean('worker-10'), 1, ellipsis)).toBe('…')
  })

  test('fits, and is left alone where it fits by itself', () => {
    fc.assert(
      fc.property(cleanText(), width(), (name, cells) => {
        const cut = cutMiddle(name, cells, ellipsis)
        expect(widthOf(cut)).toBeLessThanOrEqual(cells)
        expect(widthOf(name) > cells || cut === name).toBe(true)
      }),
    )
  })
})

describe('the end of a text', () => {
  test('is as much of it as fits', () => {
    expect(ending(clean('abcdef'), 3)).toBe('def')
    expect(ending(clean('ab漢字'), 3)).toBe('字')
    expect(ending(clean('ab'), 5)).toBe('ab')
    fc.assert(
      fc.property(cleanText(), width(), (text, cells) => {
        expect(text.endsWith(ending(text, cells)) || ending(text, cells) === '').toBe(true)
        expect(widthOf(ending(text, cells))).toBeLessThanOrEqual(cells)
      }),
    )
  })
})

describe('a time of day', () => {
  test('is UTC, and a dash where there is none', () => {
    expect(timeOfDay(Date.UTC(2026, 0, 31, 14, 3, 22))).toBe('14:03:22')
    expect(timeOfDay(Number.NaN)).toBe('-')
  })
})

describe('a text in so many lines', () => {
  test('is wrapped, and what has no line of its own stands in the last', () => {
    const text = clean('one two three four')
    expect(wrapInto(text, 9, 3)).toEqual(['one two', 'three', 'four'])
    expect(wrapInto(text, 9, 2)).toEqual(['one two', 'three four'])
    expect(wrapInto(text, 9, 1)).toEqual(['one two three four'])
    expect(wrapInto(text, 50, 2)).toEqual(['one two three four'])
  })
})
