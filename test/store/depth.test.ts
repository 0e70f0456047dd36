import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lengthFor, planDepths } from '../../source/store/depth.ts'
import type { Shape } from '../../source/store/series.ts'

const shown: Shape = { period: 1, peak: false, shown: true }
const other: Shape = { period: 1, peak: false, shown: false }
const demand = (nodes: number): readonly (readonly [Shape, number])[] => [
  [shown, nodes * 19],
  [other, nodes * 34],
]

describe('the depth of histories', () => {
  it('is 15 minutes and 24 hours while there is room', () => {
    const full = { seconds: 900, minutes: 1440 }
    expect(planDepths(demand(10), () => 16_000_000)).toEqual({ shown: full, other: full })
  })

  it('shrinks first for what stands in no default column, down to 5 minutes and 2 hours', () => {
    const depths = planDepths(demand(100), () => 16_000_000)
    expect(depths.shown).toEqual({ seconds: 900, minutes: 1440 })
    expect(depths.other.seconds).toBeGreaterThanOrEqual(300)
    expect(depths.other.seconds).toBeLessThan(900)
  })

  it('then for the columns too, down to 5 minutes and 2 hours', () => {
    const depths = planDepths(demand(300), () => 16_000_000)
    expect(depths.other).toEqual({ seconds: 300, minutes: 120 })
    expect(depths.shown.minutes).toBeGreaterThan(120)
    expect(depths.shown.minutes).toBeLessThan(1440)
  })

  it('and below that again first for what stands in no default column', () => {
    const depths = planDepths(demand(1000), () => 16_000_000)
    expect(depths.shown).toEqual({ seconds: 300, minutes: 120 })
    expect(depths.other.seconds).toBeGreaterThanOrEqual(60)
  })

  it('always fits, and is never deeper with more to hold', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 2_000_000 }), (nodes, numbers) => {
        const [few, many] = [planDepths(demand(nodes), () => numbers), planDepths(demand(nodes + 50), () => numbers)]
        const needed = demand(nodes).reduce((sum, [shape, count]) => sum + count * lengthFor(shape, few), 0)
        expect(needed).toBeLessThanOrEqual(numbers)
        for (const shape of [shown, other]) expect(lengthFor(shape, many)).toBeLessThanOrEqual(lengthFor(shape, few))
      }),
    )
  })
})
