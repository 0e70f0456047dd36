import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sparkline } from '../../source/charts/sparkline.ts'
import { clean } from '../../source/text/clean.ts'
import { type GlyphLevel, glyphsFor } from '../../source/text/glyphs.ts'
import { wholeCells, widthOf } from '../../source/text/width.ts'
import { anyFigure, anyWidth } from '../text/arbitraries.ts'

const levels: readonly GlyphLevel[] = ['braille', 'block', 'ascii']
const anyLevel = () => fc.constantFrom(...levels)
const percent = { min: 0, max: 100 }

/** The step of a symbol of level block or ascii; -1 is blank. */
const stepOf = (symbol: string, level: GlyphLevel): number => glyphsFor(level).columns.indexOf(clean(symbol))

describe('a sparkline', () => {
  test('has the newest value at the right', () => {
    expect(sparkline([0, 50, 100], { width: 5, glyphs: 'block', scale: percent })).toBe('  ▁▅█')
    expect(sparkline([0, 50, 100], { width: 5, glyphs: 'ascii', scale: percent })).toBe('  _+#')
    expect(sparkline([0, 50, 100], { width: 3, glyphs: 'braille', scale: percent })).toBe(' ⢀⣾')
  })

  test.each(levels)('draws a gap as nothing and 0 as something, at level %s', (glyphs) => {
    const gapThenZero = [Number.NaN, Number.NaN, 0, 0]
    expect(sparkline(gapThenZero, { width: glyphs === 'braille' ? 2 : 4, glyphs, scale: percent })).toMatch(
      /^( +)[^ ]+$/,
    )
  })

  test('shows one drop beside ten thousand', () => {
    const scale = { min: 0, max: 10_000 }
    expect(sparkline([0, 1, 10_000], { width: 3, glyphs: 'block', scale })).toBe('▁▂█')
  })

  test.each(levels)('keeps a single spike when it must leave values out, at level %s', (glyphs) => {
    fc.assert(
      fc.property(fc.nat(3599), fc.integer({ min: 1, max: 60 }), (at, width) => {
        const values = Array.from({ length: 3600 }, (_, index) => (index === at ? 100 : 0))
        const calm = sparkline(
          values.map(() => 0),
          { width, glyphs, scale: percent },
        )
        expect(sparkline(values, { width, glyphs, scale: percent })).not.toBe(calm)
      }),
      { numRuns: 30 },
    )
  })

  test('is exactly as wide as asked for, whatever the values', () => {
    fc.assert(
      fc.property(
        fc.array(anyFigure(), { maxLength: 700 }),
        anyWidth(),
        anyLevel(),
        anyFigure(),
        anyFigure(),
        (values, width, glyphs, min, max) => {
          const line = sparkline(values, { width, glyphs, scale: { min, max } })
          expect(widthOf(line)).toBe(wholeCells(width))
          expect(clean(line)).toBe(line)
          expect(glyphs !== 'ascii' || /^[ -~]*$/.test(line)).toBe(true)
        },
      ),
      { numRuns: 300 },
    )
  })

  test('never draws a gap as a value nor a value as a gap', () => {
    const values = fc.array(anyFigure(), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(values, fc.constantFrom('block' as const, 'ascii' as const), (values, glyphs) => {
        const line = sparkline(values, { width: values.length, glyphs, scale: percent })
        expect(Array.from(line, (symbol) => symbol !== ' ')).toEqual(values.map(Number.isFinite))
      }),
    )
  })

  test('never draws a higher value lower', () => {
    const finite = anyFigure().filter(Number.isFinite)
    fc.assert(
      fc.property(finite, finite, fc.constantFrom('block' as const, 'ascii' as const), (one, other, glyphs) => {
        const pair = [Math.min(one, other), Math.max(one, other)]
        const [low = ' ', high = ' '] = sparkline(pair, { width: 2, glyphs, scale: percent })
        expect(stepOf(low, glyphs)).toBeLessThanOrEqual(stepOf(high, glyphs))
      }),
    )
  })

  test('in braille a higher value has more dots', () => {
    const dots = [0, 10, 50, 99].map((value) => sparkline([value], { width: 1, glyphs: 'braille', scale: percent }))
    expect(dots).toEqual(['⢀', '⢠', '⢰', '⢸'])
  })
})
