import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { levelOf, rangeOf, roundNumbers, type Scale, scaleFor, shareOf } from '../../source/charts/scale.ts'
import { ticksFor, timeStep } from '../../source/charts/ticks.ts'
import { formatValue } from '../../source/text/units.ts'
import { anyFigure } from '../text/arbitraries.ts'

const anyFigures = () => fc.array(anyFigure(), { maxLength: 40 })
const anyScale = (): fc.Arbitrary<Scale> => fc.record({ min: anyFigure(), max: anyFigure() })

describe('a scale for figures', () => {
  test.each<[number[], Scale]>([
    [[3, 97], { min: 0, max: 100 }],
    [[412, Number.NaN], { min: 0, max: 500 }],
    [[0.31, 0.28], { min: 0, max: 0.4 }],
    [[-3, 4], { min: -4, max: 4 }],
    [[0, 0], { min: 0, max: 1 }],
    [[Number.NaN, Number.POSITIVE_INFINITY], { min: 0, max: 1 }],
    [[], { min: 0, max: 1 }],
  ])('%j has round ends', (values, scale) => {
    expect(scaleFor(values)).toEqual(scale)
  })

  test('may start above 0 and end no lower than asked', () => {
    expect(scaleFor([105, 118], { floor: 100 })).toEqual({ min: 100, max: 120 })
    expect(scaleFor([0.2], { least: 10 })).toEqual({ min: 0, max: 10 })
  })

  test('holds every value, and is one', () => {
    fc.assert(
      fc.property(anyFigures(), (values) => {
        const { min, max } = scaleFor(values)
        expect(max).toBeGreaterThan(min)
        const range = rangeOf(values.filter((value) => Math.abs(value) < 1e299)) ?? { min, max }
        expect(min - range.min).toBeLessThanOrEqual((max - min) * 1e-9)
        expect(range.max - max).toBeLessThanOrEqual((max - min) * 1e-9)
      }),
      { numRuns: 1000 },
    )
  })

  test('wastes no more than half of the height', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e15, noNaN: true }), (value) => {
        expect(scaleFor([value]).max).toBeLessThanOrEqual(2 * value)
      }),
    )
  })
})

describe('the place of a value', () => {
  test('is its share of the scale', () => {
    expect([-5, 0, 25, 100, 200].map((value) => shareOf(value, { min: 0, max: 100 }))).toEqual([0, 0, 0.25, 1, 1])
    expect([0, 49, 51, 100].map((value) => levelOf(value, { min: 0, max: 100 }, 2))).toEqual([0, 0, 1, 1])
    expect(levelOf(50, { min: 0, max: 100 }, 0)).toBe(0)
  })

  test('lies within the scale whatever the scale', () => {
    const finite = anyFigure().filter(Number.isFinite)
    fc.assert(
      fc.property(finite, anyScale(), (value, scale) => {
        expect(shareOf(value, scale)).toBeGreaterThanOrEqual(0)
        expect(shareOf(value, scale)).toBeLessThanOrEqual(1)
      }),
      { numRuns: 1000 },
    )
  })

  test('of a higher value is never lower', () => {
    const finite = anyFigure().filter(Number.isFinite)
    fc.assert(
      fc.property(finite, finite, anyScale(), fc.nat(40), (one, other, scale, height) => {
        const low = levelOf(Math.min(one, other), scale, height)
        expect(levelOf(Math.max(one, other), scale, height)).toBeGreaterThanOrEqual(low)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('the ticks of an axis', () => {
  test('are round numbers, ends included where they divide evenly', () => {
    expect(roundNumbers({ min: 0, max: 100 }, 5)).toEqual([0, 25, 50, 75, 100])
    expect(roundNumbers({ min: 0, max: 0.4 }, 3)).toEqual([0, 0.2, 0.4])
    expect(roundNumbers({ min: 3.3, max: 3.4 }, 3)).toEqual([3.3, 3.35, 3.4])
  })

  test('are round times where the axis reaches into minutes', () => {
    expect(ticksFor({ min: 0, max: 6000 }, 's', 4)).toEqual([0, 1800, 3600, 5400])
    expect(ticksFor({ min: 0, max: 10_800_000 }, 'ms', 4)).toEqual([0, 3_600_000, 7_200_000, 10_800_000])
    expect(ticksFor({ min: 0, max: 8 }, 'ms', 3)).toEqual([8, 0, 0, 4, 8])
  })

  test('of a time axis are never finer than their labels', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e8, noNaN: true }), fc.integer({ min: 1, max: 20 }), (seconds, count) => {
        const step = timeStep(seconds, count) ?? seconds
        expect(step).toBeGreaterThanOrEqual(seconds / count)
        const labels = Array.from({ length: Math.floor(seconds / step) }, (_, index) =>
          formatValue((index + 1) * step, 's'),
        )
        expect(new Set(labels).size).toBe(labels.length)
      }),
    )
  })

  test('are few, whatever the scale', () => {
    fc.assert(
      fc.property(
        anyScale(),
        fc.constantFrom('%' as const, 'ms' as const, 's' as const),
        fc.nat(20),
        (scale, unit, count) => {
          expect(ticksFor(scale, unit, count).length).toBeLessThanOrEqual(110)
        },
      ),
      { numRuns: 1000 },
    )
  })
})
