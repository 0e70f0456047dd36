import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatAge, formatCell, formatValue, type Unit, valueWidth } from '../../source/text/units.ts'
import { formatLong } from '../../source/text/units-long.ts'
import { anyFigure } from './arbitraries.ts'

const units: readonly Unit[] = ['%', 'count', '/s', 'ms', 's', 'bit/s', 'bytes', 'factor']
const anyUnit = () => fc.constantFrom(...units)

const prefixes: Readonly<Record<string, number>> = { k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 }
const seconds: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600, d: 86_400, y: 31_536_000 }

/** Reads a formatted figure back, as the documentation of `formatValue` says it can be. */
const readBack = (text: string, unit: Unit): number => {
  const [, digits = '', rest = ''] = /^[<>]?(-?\d+(?:\.\d+)?(?:e\d+)?)(.*)$/.exec(text) ?? []
  if (unit === 'ms' || unit === 's') return Number(digits) * (seconds[rest] ?? Number.NaN) * (unit === 'ms' ? 1000 : 1)
  return Number(digits) * (prefixes[rest.charAt(0)] ?? 1)
}

describe('a figure in a column', () => {
  test.each<[number, Unit, string]>([
    [97.4, '%', '97.4%'],
    [100, '%', '100%'],
    [0.2, '%', '0.2%'],
    [0, '%', '0%'],
    [412, 'count', '412'],
    [1234, 'count', '1.23k'],
    [262_144, 'count', '262k'],
    [999.7, 'count', '1k'],
    [999_960, 'count', '1M'],
    [12, '/s', '12/s'],
    [1.5, '/s', '1.5/s'],
    [12_000_000, 'bit/s', '12Mb/s'],
    [1_230_000, 'bit/s', '1.23Mb'],
    [140_000_000, 'bytes', '140MB'],
    [4.5, 'factor', '4.5x'],
  ])('%d %s is %s', (value, unit, text) => {
    expect(formatValue(value, unit)).toBe(text)
  })

  test.each<[number, Unit, string]>([
    [0.31, 'ms', '0.31ms'],
    [4.1, 'ms', '4.1ms'],
    [0.05, 'ms', '50us'],
    [0.09999, 'ms', '0.1ms'],
    [1500, 'ms', '1.5s'],
    [999.7, 'ms', '1s'],
    [0, 'ms', '0ms'],
    [0, 's', '0s'],
    [0.35, 's', '350ms'],
    [43, 's', '43s'],
    [119.96, 's', '2m'],
    [725, 's', '12m'],
    [7199, 's', '119m'],
    [3 * 3600 + 59, 's', '3h'],
    [2.9 * 86_400, 's', '2d'],
    [1e9, 's', '31y'],
  ])('the time %d %s is %s', (value, unit, text) => {
    expect(formatValue(value, unit)).toBe(text)
  })

  test('what is missing is a dash, never a number', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(units.map((unit) => formatValue(value, unit))).toEqual(units.map(() => '-'))
    }
  })

  test('a little is not nothing', () => {
    expect(formatValue(0.001, '%')).toBe('<0.01%')
    expect(formatValue(0.001, '%', 5)).toBe('<0.1%')
    expect(formatValue(-0.001, '/s')).toBe('>-0.1/s')
    expect(formatValue(1e-9, 'ms')).toBe('<0.01us')
  })

  test('a narrow column takes digits away, never a part of a digit', () => {
    expect([5, 4, 3, 2].map((width) => formatValue(1234, 'count', width))).toEqual(['1.23k', '1.2k', '1k', '1k'])
    expect(formatValue(412, 'count', 2)).toBe('##')
    expect(formatValue(412, 'count', 0)).toBe('#')
  })

  test('the heading may say the unit', () => {
    expect([formatCell(97.4, '%'), formatCell(12, '/s'), formatCell(0.31, 'ms')]).toEqual(['97.4', '12', '0.31ms'])
  })

  test('ages are whole', () => {
    expect([0.4, 1.9, 43.9, 725, -3, Number.NaN].map(formatAge)).toEqual(['0s', '1s', '43s', '12m', '-3s', '-'])
  })

  test('no figure is wider than its column, nor says anything but a number', () => {
    fc.assert(
      fc.property(anyFigure(), anyUnit(), fc.integer({ min: 1, max: 12 }), (value, unit, width) => {
        expect(formatValue(value, unit).length).toBeLessThanOrEqual(valueWidth)
        expect(formatValue(value, unit, width).length).toBeLessThanOrEqual(width)
        expect(formatValue(value, unit, width)).toMatch(
          /^(-|#+|<?>?-?\d+(\.\d+)?(e\d+)?(k|M|G|T|P|E)?(%|\/s|x|b\/s|b|B|us|ms|s|m|h|d|y)?)$/,
        )
      }),
      { numRuns: 2000 },
    )
  })

  test('what is read back is the figure to three digits', () => {
    const decimal = fc.constantFrom<Unit>('%', 'count', '/s', 'bit/s', 'bytes', 'factor')
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e20, noNaN: true }), decimal, (value, unit) => {
        expect(Math.abs(readBack(formatValue(value, unit), unit) / value - 1)).toBeLessThan(0.00501)
      }),
    )
  })

  test('a larger figure never reads smaller', () => {
    const positive = fc.oneof(
      fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
      fc.double({ min: 0, max: 1e6, noNaN: true }),
    )
    fc.assert(
      fc.property(positive, positive, anyUnit(), (one, other, unit) => {
        const [low, high] = one < other ? [one, other] : [other, one]
        const [lower, higher] = [readBack(formatValue(low, unit), unit), readBack(formatValue(high, unit), unit)]
        expect(lower).toBeLessThanOrEqual(higher * (1 + 1e-9))
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a figure in a sentence', () => {
  test.each<[number, Unit, string]>([
    [97.432, '%', '97.43 %'],
    [262_144, 'count', '262144'],
    [12.5, '/s', '12.5 per second'],
    [0.31, 'ms', '310 microseconds'],
    [1500, 'ms', '1.5 seconds'],
    [1, 's', '1 second'],
    [0, 'ms', '0 seconds'],
    [125, 's', '2 minutes 5 seconds'],
    [3 * 3600 + 12 * 60, 's', '3 hours 12 minutes'],
    [-86_400, 's', '-1 day'],
    [12_345_678, 'bit/s', '12.35 megabits per second'],
    [140_000_000, 'bytes', '140 megabytes'],
    [4.5, 'factor', '4.5 times'],
    [Number.NaN, '%', '-'],
    [1e300, 'count', '1.000e300'],
  ])('%d %s is %s', (value, unit, text) => {
    expect(formatLong(value, unit)).toBe(text)
  })

  test('is ASCII and never says NaN or Infinity', () => {
    fc.assert(
      fc.property(anyFigure(), anyUnit(), (value, unit) => {
        expect(formatLong(value, unit)).toMatch(/^(-|-?\d[ -~]*)$/)
        expect(formatLong(value, unit)).not.toMatch(/nan|infinity/i)
      }),
    )
  })
})
