import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createNameOrder, sortObjectNames } from '../../../source/interface/table/name-order.ts'

const name = () =>
  fc.oneof(fc.stringMatching(/^[a-z]{1,2}\/[a-z]{1,3}-\d{1,3}$/), fc.stringMatching(/^[a-z]{1,2}\/[a-z0-9.-]{1,6}$/))

describe('names of objects', () => {
  test('stand letter by letter, but a number at their end by its value', () => {
    const sorted = ['aa/web', 'web/db-1', 'web/db-2', 'web/db-10', 'web/db-10-x', 'web/web-7f9c-x2k']
    expect(sortObjectNames(sorted.toReversed())).toEqual(
      expect.arrayContaining(['aa/web', 'web/db-1', 'web/db-2', 'web/db-10']),
    )
    const numbered = sortObjectNames(sorted.toReversed()).filter((each) => /\/db-\d+$/.test(each))
    expect(numbered).toEqual(['web/db-1', 'web/db-2', 'web/db-10'])
    expect(sortObjectNames(['z', 'b/1', 'a'])).toEqual(['a', 'b/1', 'z'])
  })

  test('are all kept, in an order that does not depend on the one in which they came', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name()), (names) => {
        const sorted = sortObjectNames(names)
        expect(sorted.toSorted()).toEqual(names.toSorted())
        expect(sortObjectNames(names.toReversed())).toEqual(sorted)
      }),
    )
  })

  test('that come and go are merged into the very order that a new sort would give', () => {
    fc.assert(
      fc.property(fc.array(fc.uniqueArray(name(), { maxLength: 60 }), { maxLength: 6 }), (versions) => {
        const orderOf = createNameOrder<string>()
        for (const names of versions) {
          const map = new Map(names.map((each) => [each, 1]))
          expect(orderOf(map)).toEqual(sortObjectNames(names))
          expect(orderOf(map)).toBe(orderOf(map))
        }
      }),
    )
  })

  test('that stayed the same are not put together anew', () => {
    const orderOf = createNameOrder<string>()
    const first = orderOf(
      new Map([
        ['b', 1],
        ['a', 1],
      ]),
    )
    expect(
      orderOf(
        new Map([
          ['a', 2],
          ['b', 2],
        ]),
      ),
    ).toBe(first)
  })
})
