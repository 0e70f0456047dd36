import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createTally, keptRows, paneSeconds } from '../../../source/nodes/dns/tally.ts'
import { clean } from '../../../source/text/clean.ts'

describe('a tally of lookups', () => {
  test('has every name with its count, the busiest first', () => {
    const lookup = fc.constantFrom('a', 'b', 'c', 'd', 'e')
    fc.assert(
      fc.property(fc.array(lookup, { maxLength: 60 }), fc.integer({ min: 1, max: 6 }), (lookups, most) => {
        const tally = createTally()
        lookups.forEach((name, index) => tally.add(clean(name), 100 + index / 4))
        const expected = [...new Set(lookups)]
          .map((name) => ({ name, count: lookups.filter((one) => one === name).length }))
          .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
        const { rows, left } = tally.view(115, most)
        expect(rows).toEqual(expected.slice(0, most))
        expect(left).toBe(expected.slice(most).reduce((sum, { count }) => sum + count, 0))
      }),
    )
  })

  test('forgets what was not seen in this half minute nor in the one before', () => {
    const tally = createTally()
    tally.add(clean('old'), 0)
    tally.add(clean('new'), paneSeconds)
    const namesAt = (now: number) => tally.view(now, 10).rows.map(({ name }) => name)
    expect(namesAt(2 * paneSeconds - 1)).toEqual(['new', 'old'])
    expect(namesAt(2 * paneSeconds)).toEqual(['new'])
    expect(namesAt(3 * paneSeconds)).toEqual([])
  })

  test('keeps 1,000 names and counts the lookups of all others as left', () => {
    const tally = createTally()
    for (let index = 0; index < 3 * keptRows; index += 1) tally.add(clean(`name-${index}`), 5)
    tally.add(clean('name-0'), 6)
    // Too late to be kept, however busy it gets before rows make room again.
    for (let index = 0; index < 5; index += 1) tally.add(clean('name-2999'), 6)
    const { rows, left } = tally.view(6, 5000)
    expect(rows).toHaveLength(keptRows)
    expect(rows[0]).toEqual({ name: 'name-0', count: 2 })
    expect(left).toBe(2 * keptRows + 5)
  })

  test('keeps 1,000 names also where two half minutes meet', () => {
    const tally = createTally()
    for (let index = 0; index < keptRows; index += 1) tally.add(clean(`first-${index}`), 5)
    for (let index = 0; index < keptRows; index += 1) tally.add(clean(`second-${index}`), paneSeconds)
    const { rows, left } = tally.view(paneSeconds, 5000)
    expect(rows).toHaveLength(keptRows)
    expect(left).toBe(keptRows)
  })
})
