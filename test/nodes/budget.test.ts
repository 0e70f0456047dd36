import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CommandCost, longestPeriod, nodeBudget, stretch } from '../../source/nodes/budget.ts'

const cost = fc.double({ min: 0, max: 20, noNaN: true })
const command = fc.record({ every: fc.constantFrom(1, 5, 10, 60, 300, 600), cost })
const commands = fc.array(command, { maxLength: 6 })
const sampler = fc.double({ min: 0, max: 1, noNaN: true })

/** Percent of a core. */
const shareOf = (list: readonly CommandCost[], periods: readonly number[]): number =>
  list.reduce((sum, one, index) => sum + (100 * one.cost) / (periods[index] ?? one.every), 0)

describe('the periods of commands', () => {
  test('keep the node within its budget, or are as long as they get', () => {
    fc.assert(
      fc.property(sampler, commands, (own, list) => {
        const periods = stretch(own, list)
        const room = Math.max(0.05, nodeBudget - own)
        const atEnd = periods.every((period) => period >= longestPeriod)
        expect(shareOf(list, periods) <= room * (1 + 1e-6) || atEnd).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  test('are never shorter than wished, nor stretched beyond the longest', () => {
    fc.assert(
      fc.property(sampler, commands, (own, list) => {
        stretch(own, list).forEach((period, index) => {
          const wished = list[index]?.every ?? 0
          expect(period).toBeGreaterThanOrEqual(wished)
          expect(period).toBeLessThanOrEqual(Math.max(wished, longestPeriod))
        })
      }),
    )
  })

  test('are stretched no further than it takes', () => {
    fc.assert(
      fc.property(sampler, commands, (own, list) => {
        const periods = stretch(own, list)
        const stretched = periods.some(
          (period, index) => period > (list[index]?.every ?? 0) * 1.000001 && period < longestPeriod,
        )
        const room = Math.max(0.05, nodeBudget - own)
        expect(stretched ? shareOf(list, periods) : room).toBeCloseTo(room, 5)
      }),
      { numRuns: 2000 },
    )
  })

  test('are as wished while there is room', () => {
    expect(
      stretch(0.05, [
        { every: 5, cost: 0.005 },
        { every: 10, cost: 0.009 },
      ]),
    ).toEqual([5, 10])
  })

  test('are all stretched by the same factor', () => {
    const [first, second] = stretch(0.05, [
      { every: 5, cost: 0.02 },
      { every: 20, cost: 0.08 },
    ])
    expect(first).toBeCloseTo(20, 5)
    expect(second).toBeCloseTo(80, 5)
  })

  test('make up for a command that cannot be stretched any further', () => {
    const [dear, other] = stretch(0.05, [
      { every: 60, cost: 0.45 },
      { every: 5, cost: 0.02 },
    ])
    expect(dear).toBe(longestPeriod)
    expect(other).toBeCloseTo(40, 5)
  })

  test('leave commands a little even where the sampler alone is over the budget', () => {
    expect(stretch(0.4, [{ every: 5, cost: 0.0025 }])[0]).toBeCloseTo(5, 5)
    expect(stretch(0.4, [{ every: 5, cost: 0.005 }])[0]).toBeCloseTo(10, 5)
  })
})
