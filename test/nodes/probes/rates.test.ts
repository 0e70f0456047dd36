import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rate, share, wrappingDelta, wrappingRate } from '../../../source/nodes/probes/rates.ts'

const counter = fc.integer({ min: 0, max: 2 ** 32 - 1 })

describe('growth per second', () => {
  test('is the growth divided by the seconds between the readings', () => {
    expect(rate(100, 250, 1.5)).toBe(100)
    expect(rate(100, 100, 1)).toBe(0)
  })

  test('is a gap at the first reading, without time, and when the counter went back', () => {
    expect(rate(Number.NaN, 5, 1)).toBeNaN()
    expect(rate(5, Number.NaN, 1)).toBeNaN()
    expect(rate(5, 6, Number.NaN)).toBeNaN()
    expect(rate(5, 6, 0)).toBeNaN()
    expect(rate(5, 6, -3)).toBeNaN()
    expect(rate(6, 5, 1)).toBeNaN()
  })

  test('is never negative or infinite', () => {
    fc.assert(
      fc.property(fc.double(), fc.double(), fc.double({ min: 0.001, max: 1e6 }), (previous, current, seconds) => {
        const growth = rate(previous, current, seconds)
        expect(growth >= 0 || Number.isNaN(growth)).toBe(true)
      }),
    )
  })
})

describe('growth of a 32-bit counter', () => {
  test('goes on over the end of the range', () => {
    expect(wrappingDelta(2 ** 32 - 10, 5)).toBe(15)
    expect(wrappingRate(2 ** 32 - 10, 5, 3)).toBe(5)
  })

  test('whatever the start, any growth up to 2^28 comes back out, wrapped or not', () => {
    fc.assert(
      fc.property(counter, fc.integer({ min: 0, max: 2 ** 28 }), (start, growth) => {
        expect(wrappingDelta(start, (start + growth) % 2 ** 32)).toBe(growth)
      }),
    )
  })

  test('a sum of counters keeps its growth when one of them wraps', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(counter, fc.integer({ min: 0, max: 2 ** 19 })), { minLength: 1, maxLength: 512 }),
        (cpus) => {
          const before = cpus.reduce((sum, [start]) => sum + start, 0)
          const after = cpus.reduce((sum, [start, growth]) => sum + ((start + growth) % 2 ** 32), 0)
          expect(wrappingDelta(before, after)).toBe(cpus.reduce((sum, [, growth]) => sum + growth, 0))
        },
      ),
    )
  })

  test('a reset to near 0 is a gap, not four thousand million events', () => {
    expect(wrappingDelta(12_000, 0)).toBeNaN()
    expect(wrappingDelta(3_000_000_000, 7)).toBeNaN()
    expect(wrappingRate(12_000, 3, 1)).toBeNaN()
  })

  test('is a gap at the first reading and without time', () => {
    expect(wrappingDelta(Number.NaN, 5)).toBeNaN()
    expect(wrappingRate(1, 5, 0)).toBeNaN()
    expect(wrappingRate(1, 5, Number.NaN)).toBeNaN()
  })
})

describe('a share', () => {
  test('is a percentage', () => {
    expect(share(1, 4)).toBe(25)
    expect(share(0, 4)).toBe(0)
  })

  test('of nothing is not 0', () => {
    expect(share(0, 0)).toBeNaN()
    expect(share(1, -4)).toBeNaN()
    expect(share(-1, 4)).toBeNaN()
    expect(share(1, Number.NaN)).toBeNaN()
  })
})
