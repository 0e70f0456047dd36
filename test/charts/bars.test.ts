import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { gauge, histogram } from '../../source/charts/bars.ts'
import { clean } from '../../source/text/clean.ts'
import type { GlyphLevel } from '../../source/text/glyphs.ts'
import { wholeCells, widthOf } from '../../source/text/width.ts'
import { anyFigure, anyWidth, outsideText } from '../text/arbitraries.ts'

const anyLevel = () => fc.constantFrom<GlyphLevel>('braille', 'block', 'ascii')
const percent = { min: 0, max: 100 }

describe('a gauge', () => {
  test('fills its track', () => {
    expect(gauge(50, { width: 4, glyphs: 'block', scale: percent })).toBe('██··')
    expect(gauge(55, { width: 4, glyphs: 'block', scale: percent })).toBe('██▎·')
    expect(gauge(100, { width: 4, glyphs: 'ascii', scale: percent })).toBe('####')
  })

  test('tells 0 from missing', () => {
    expect(gauge(0, { width: 4, glyphs: 'block', scale: percent })).toBe('····')
    expect(gauge(Number.NaN, { width: 4, glyphs: 'block', scale: percent })).toBe('    ')
  })

  test('is exactly as wide as asked for', () => {
    fc.assert(
      fc.property(anyFigure(), anyWidth(), anyLevel(), anyFigure(), anyFigure(), (value, width, glyphs, min, max) => {
        const drawn = gauge(value, { width, glyphs, scale: { min, max } })
        expect(widthOf(drawn)).toBe(wholeCells(width))
        expect(glyphs !== 'ascii' || /^[ -~]*$/.test(drawn)).toBe(true)
      }),
    )
  })
})

describe('a histogram', () => {
  const bins = [
    { label: clean('<1ms'), count: 100 },
    { label: clean('1-2ms'), count: 50 },
  ]

  test('has a line for each bin on one scale', () => {
    expect(histogram(bins, 24, 3, 'block')).toEqual([
      ' <1ms █████████     100 ',
      '1-2ms ████▌····      50 ',
      '                        ',
    ])
  })

  test('is exactly as wide and high as asked for', () => {
    const bin = fc.record({ label: outsideText().map((text) => clean(text)), count: anyFigure() })
    fc.assert(
      fc.property(fc.array(bin, { maxLength: 8 }), anyWidth(), fc.nat(10), anyLevel(), (bins, width, height, level) => {
        const lines = histogram(bins, width, height, level)
        expect(lines).toHaveLength(height)
        for (const line of lines) expect(widthOf(line)).toBe(wholeCells(width))
        expect(level !== 'ascii' || /^[ -~]*$/.test(lines.join(''))).toBe(true)
      }),
    )
  })
})
