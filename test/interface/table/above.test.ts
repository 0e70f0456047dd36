import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tableAbove } from '../../../source/interface/table/above.ts'

describe('a table above what is said of its row', () => {
  test('takes what its rows need, and a line more than its heading', () => {
    expect(tableAbove(3, { columns: 80, rows: 20 })).toEqual({
      above: { columns: 80, rows: 5 },
      below: { columns: 80, rows: 15 },
    })
  })

  test('leaves half of the room at least, and never all of it to the other', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.integer({ min: 2, max: 60 }), (length, rows) => {
        const { above, below } = tableAbove(length, { columns: 80, rows })
        expect(above.rows + below.rows).toBe(rows)
        expect(above.rows).toBeGreaterThanOrEqual(2)
        expect(above.rows).toBeLessThanOrEqual(Math.max(2, rows / 2))
      }),
    )
  })
})
