import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Line } from '../../source/charts/canvas.ts'
import { type LineChart, lineChart } from '../../source/charts/line-chart.ts'
import { clean } from '../../source/text/clean.ts'
import { lineText, type Style } from '../../source/text/colour.ts'
import type { GlyphLevel } from '../../source/text/glyphs.ts'
import type { Unit } from '../../source/text/units.ts'
import { wholeCells, widthOf } from '../../source/text/width.ts'
import { anyFigure, anyWidth, outsideText } from '../text/arbitraries.ts'

/** The cells left of the line in a chart that is wide enough for an axis. */
const gutter = 8

const chart = (options: Partial<LineChart>): readonly Line[] =>
  lineChart({ values: [], width: 40, height: 8, unit: '%', glyphs: 'block', seconds: 60, ...options })

const picture = (lines: readonly Line[]): readonly string[] => lines.map(lineText)

/** The symbols of one style, blanks elsewhere. */
const only = (lines: readonly Line[], style: Style): readonly string[] =>
  lines.map((line) => line.map((part) => (part.style === style ? part.text : ' '.repeat(widthOf(part.text)))).join(''))

const column = (lines: readonly string[], at: number): string => lines.map((line) => line[at] ?? '').join('')

const percent = { min: 0, max: 100 }

describe('a line chart', () => {
  test('has an axis in the unit, the time below, and thresholds by name', () => {
    const thresholds = [{ value: 80, style: 'warning' as const, label: clean('warning 80%') }]
    const values = Array.from({ length: 48 }, (_, index) => 2 * index)
    expect(picture(chart({ values, thresholds, width: 56, height: 7, scale: percent, seconds: 900 }))).toEqual([
      '   100%┤                                             ╭──',
      '       │╌warning 80%╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╭─────────╯╌╌',
      '       │                         ╭─────────╯            ',
      '       │               ╭─────────╯                      ',
      '       │     ╭─────────╯                                ',
      '     0%┤─────╯                                          ',
      '        -15m          -10m            -5m            now',
    ])
  })
})

describe('whatever the data', () => {
  const units: readonly Unit[] = ['%', 'count', '/s', 'ms', 's', 'bit/s', 'bytes', 'factor']
  const figures = fc.array(anyFigure(), { maxLength: 400 })
  const threshold = fc.record({
    value: anyFigure(),
    style: fc.constantFrom<Style>('warning', 'critical'),
    label: fc.option(
      outsideText().map((text) => clean(text)),
      { nil: undefined },
    ),
  })
  const options: fc.Arbitrary<LineChart> = fc.record({
    values: figures,
    minima: fc.option(figures, { nil: undefined }),
    maxima: fc.option(figures, { nil: undefined }),
    width: anyWidth(),
    height: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constantFrom(-1, 2.5, Number.NaN)),
    unit: fc.constantFrom(...units),
    thresholds: fc.option(fc.array(threshold, { maxLength: 3 }), { nil: undefined }),
    glyphs: fc.constantFrom<GlyphLevel>('braille', 'block', 'ascii'),
    scale: fc.option(
      fc.record({ min: fc.option(anyFigure(), { nil: undefined }), max: fc.option(anyFigure(), { nil: undefined }) }),
      { nil: undefined },
    ),
    seconds: fc.oneof(fc.double({ min: 1, max: 1e7, noNaN: true }), anyFigure()),
  })

  test('a chart has exactly the lines and cells asked for, and at level ascii nothing but ASCII', () => {
    fc.assert(
      fc.property(options, (options) => {
        const lines = picture(lineChart(options))
        expect(lines).toHaveLength(wholeCells(options.height))
        for (const line of lines) expect(widthOf(clean(line, 9999))).toBe(wholeCells(options.width))
        expect(options.glyphs !== 'ascii' || /^[ -~]*$/.test(lines.join(''))).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

describe('the line', () => {
  test('leaves a gap where there is no value, and nowhere else', () => {
    const values = fc.array(anyFigure(), { minLength: 16, maxLength: 60 })
    fc.assert(
      fc.property(values, fc.constantFrom<GlyphLevel>('block', 'ascii'), (values, glyphs) => {
        const lines = only(chart({ values, width: values.length + gutter, glyphs, scale: percent }), 'chart1')
        const drawn = values.map((_, index) => column(lines, index + gutter).trim() !== '')
        expect(drawn).toEqual(values.map(Number.isFinite))
      }),
      { numRuns: 200 },
    )
  })

  test('of a flat series is a line over the full width', () => {
    fc.assert(
      fc.property(anyFigure().filter(Number.isFinite), fc.integer({ min: 1, max: 50 }), (value, count) => {
        const lines = only(chart({ values: Array.from({ length: count }, () => value) }), 'chart1')
        expect(lines.filter((line) => line.trim() !== '')).toEqual([' '.repeat(gutter) + '─'.repeat(32)])
      }),
    )
  })

  test('shows a single value', () => {
    expect(
      only(chart({ values: [Number.NaN, 50, Number.NaN] }), 'chart1')
        .join('')
        .trim(),
    ).toMatch(/^─+$/)
  })

  test('shows one bad second of an hour, and when it was', () => {
    fc.assert(
      fc.property(fc.nat(3599), fc.integer({ min: 24, max: 200 }), fc.constantFrom(100, -100), (at, width, spike) => {
        const values = Array.from({ length: 3600 }, (_, index) => (index === at ? spike : 0))
        const lines = only(chart({ values, width, scale: { min: -100, max: 100 } }), 'chart1')
        const edge = lines[spike > 0 ? 0 : 6] ?? ''
        const expected = gutter + ((at + 0.5) / 3600) * (width - gutter)
        expect(edge.trim()).toHaveLength(1)
        expect(Math.abs(edge.search(/\S/) + 0.5 - expected)).toBeLessThanOrEqual(1)
      }),
      { numRuns: 50 },
    )
  })

  test('shows the extremes that a rolled-up value stands for', () => {
    const lines = only(chart({ values: [50, 50], minima: [0, 50], maxima: [100, 50], scale: percent }), 'chart1')
    expect(column(lines, gutter)).toBe('┊┊┊─┊┊┊ ')
    expect(column(lines, gutter + 31)).toBe('   ─    ')
  })

  test('never draws a higher value lower', () => {
    const finite = anyFigure().filter(Number.isFinite)
    const rowOf = (lines: readonly string[], at: number): number => lines.findIndex((line) => line[at] === '─')
    fc.assert(
      fc.property(
        fc.array(finite, { minLength: 8, maxLength: 30 }),
        fc.integer({ min: 1, max: 20 }),
        (finite, height) => {
          // Gaps between keep each value on a row of its own.
          const values = finite.flatMap((value) => [value, Number.NaN])
          const lines = only(chart({ values, width: values.length + gutter, height }), 'chart1')
          const placed = finite.map((value, index) => ({ value, row: rowOf(lines, gutter + 2 * index) }))
          const rows = placed
            .toSorted((one, other) => one.value - other.value || other.row - one.row)
            .map(({ row }) => row)
          expect(rows).toEqual(rows.toSorted((one, other) => other - one))
          expect(Math.min(...rows)).toBeGreaterThanOrEqual(0)
        },
      ),
      { numRuns: 200 },
    )
  })

  test('has its newest value at the right edge', () => {
    const values = Array.from({ length: 5000 }, (_, index) => (index === 4999 ? 100 : 0))
    expect(chart({ values, scale: percent })[0]?.at(-1)?.text).toBe('┊')
  })
})

describe('thresholds', () => {
  const thresholds = [{ value: 50, style: 'critical' as const, label: clean('critical 50%') }]

  test('are drawn only where the line is not', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 60 }), (values) => {
        const plain = only(chart({ values, scale: percent }), 'chart1')
        expect(only(chart({ values, scale: percent, thresholds }), 'chart1')).toEqual(plain)
      }),
    )
  })

  test('show through gaps, with their words', () => {
    const lines = only(chart({ scale: percent, thresholds }), 'critical')
    expect(lines[3]).toBe(`${' '.repeat(gutter)}╌critical 50%${'╌'.repeat(19)}`)
  })

  test('keep their words clear of the line, or without', () => {
    const left = Array.from({ length: 32 }, (_, index) => (index < 8 ? 50 : 0))
    expect(only(chart({ values: left, scale: percent, thresholds }), 'critical')[3]).toMatch(/╌critical 50%╌$/)
    const both = Array.from({ length: 32 }, (_, index) => (index < 8 || index > 24 ? 50 : 0))
    expect(only(chart({ values: both, scale: percent, thresholds }), 'critical')[3]).not.toContain('critical')
  })

  test('keep the width with words that are wide or carry marks', () => {
    const label = (text: string) => [{ value: 50, style: 'critical' as const, label: clean(text) }]
    const row = (text: string) => picture(chart({ scale: percent, thresholds: label(text) }))[3]
    expect(row('kritisk e\u0301')).toBe(`    50%┤╌kritisk e\u0301${'╌'.repeat(22)}`)
    expect(row('e\u0301漢')).toBe(`    50%┤╌???${'╌'.repeat(28)}`)
  })

  test('are taken into a free axis when they are near, and do not flatten it when they are far', () => {
    const near = picture(chart({ values: [30, 30], thresholds }))
    expect(near.join('')).toContain('critical')
    const far = picture(chart({ values: [3, 3], thresholds }))
    expect(far.join('')).not.toContain('╌')
    expect(far[0]).toMatch(/^ {5}3%┤─/)
  })
})

describe('a small chart', () => {
  test('gives up its axis, then its time, and keeps its line', () => {
    expect(picture(chart({ values: [50], scale: percent, width: 10, height: 3 }))).toEqual([
      ' '.repeat(10),
      '─'.repeat(10),
      ' '.repeat(10),
    ])
    expect(picture(chart({ values: [50], width: 1, height: 1 }))).toEqual(['─'])
    expect(picture(chart({ values: [50], width: 0, height: 2 }))).toEqual(['', ''])
    expect(chart({ values: [50], height: 0 })).toEqual([])
  })
})
