import fc from 'fast-check'
import { expect, test } from 'vitest'
import { longestPeriod, nodeBudget } from '../../source/nodes/budget.ts'
import { paceOf } from '../../source/nodes/look-pace.ts'

test('a look that costs little is taken as often as it is meant to be, and nothing is said', () => {
  expect(paceOf(5, 0.01)).toEqual({ seconds: 5 })
})

test('a look that costs more is taken less often, and says what it costs', () => {
  expect(paceOf(5, 0.1)).toEqual({
    seconds: expect.closeTo(40, 3),
    pace: { seconds: expect.closeTo(40, 3), cost: 100 },
  })
})

test('a look has what the others leave, and a share of its own whatever they take', () => {
  expect(paceOf(5, 0.01, 0.2).seconds).toBeCloseTo(20, 3)
  expect(paceOf(5, 0.01, 0.05).seconds).toBe(5)
  expect(paceOf(5, 0.01, 3).seconds).toBeCloseTo(20, 3)
})

test('whatever it costs, it stays within the budget of a node, or at the longest period', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0, max: 10, noNaN: true }), (every, cost) => {
      const { seconds } = paceOf(every, cost)
      expect(seconds).toBeGreaterThanOrEqual(every)
      expect((cost / seconds) * 100 <= nodeBudget * 1.001 || seconds === longestPeriod).toBe(true)
    }),
  )
})
