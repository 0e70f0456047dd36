import { describe, expect, test } from 'vitest'
import { metered, restarted, unused } from '../../source/nodes/command-meter.ts'

describe('what a command costs', () => {
  test('is that of its first run, then a quick mean', () => {
    const first = metered(unused, 0.08, 0)
    expect(first.cost).toBeCloseTo(0.08, 9)
    expect(metered(first, 0.12, 0).cost).toBeCloseTo(0.07, 9)
  })

  test('counts the shell for the node, and not for a run', () => {
    expect(metered(unused, 0.01, 0.02)).toMatchObject({ cost: 0.01, spent: 0.03 })
  })

  test('goes on with another loop, which counts from 0', () => {
    const second = metered(restarted(metered(unused, 0.04, 0.01)), 0.04, 0.01)
    expect(second.cost).toBeCloseTo(0.04, 9)
    expect(second.spent).toBeCloseTo(0.1, 9)
  })
})
