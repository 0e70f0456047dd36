import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isoTime, rounded } from '../../source/export/number.ts'

describe('a figure is written', () => {
  it.each([
    [94.234_567_89, 94.2346],
    [1 / 3, 0.333_333],
    [1_048_576, 1_048_576],
    [123_456_789.123, 123_456_789],
    [0.000_012_345_678, 0.000_012_345_7],
    [-0, 0],
  ])('%d as %d', (value, expected) => {
    expect(rounded(value)).toBe(expected)
  })

  it('never as what JSON cannot say', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(rounded(value)).toBeUndefined()
    }
  })

  it('within a millionth of its value, or as a whole number within one half', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }), (value) => {
        const error = Math.abs((rounded(value) ?? Number.NaN) - value)
        // Below 1e-94 toFixed has no more decimals.
        return error <= Math.max(Math.abs(value) * 1e-5, 1e-94)
      }),
    )
  })
})

describe('a time', () => {
  it('is written in UTC with milliseconds', () => {
    expect(isoTime(Date.UTC(2026, 0, 31, 12))).toBe('2026-01-31T12:00:00.000Z')
  })

  it('that is none is not written', () => {
    for (const wall of [Number.NaN, 9e15]) expect(isoTime(wall)).toBeUndefined()
  })
})
