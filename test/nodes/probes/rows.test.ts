import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { covering, gaps, Rows } from '../../../source/nodes/probes/rows.ts'

const listed = (rows: Rows, width: number): readonly (readonly number[])[] =>
  Array.from({ length: rows.count }, (_, row) => Array.from({ length: width }, (_, column) => rows.get(row, column)))

const added = (rows: Rows, numbers: readonly number[]): void => {
  const row = rows.add()
  numbers.forEach((number, column) => rows.set(row, column, number))
}

describe('rows of the last seconds', () => {
  test('hold what a list would hold of which the oldest are left out, however often', () => {
    const width = 3
    const row = fc.array(fc.double(), { minLength: width, maxLength: width })
    const action = fc.oneof({ weight: 5, arbitrary: row }, fc.nat(40))
    fc.assert(
      fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
        const rows = new Rows(width)
        let list: readonly (readonly number[])[] = []
        for (const one of actions) {
          if (typeof one === 'number') {
            rows.keep(one)
            list = one === 0 ? [] : list.slice(-one)
          } else {
            added(rows, one)
            list = [...list, one]
          }
          expect(listed(rows, width)).toEqual(list)
        }
      }),
    )
  })

  test('that cover a time are as few as do, or all', () => {
    const rows = new Rows(1)
    for (const seconds of [4, 1, 2, 3]) added(rows, [seconds])
    expect([0, 1, 3, 4, 6, 10, 11].map((seconds) => covering(rows, seconds))).toEqual([0, 1, 1, 2, 3, 4, 4])
  })

  test('that were never read are gaps', () => {
    expect(gaps(2)).toEqual([Number.NaN, Number.NaN])
    expect(gaps(0)).toEqual([])
  })
})
