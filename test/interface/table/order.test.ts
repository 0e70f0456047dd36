import * as fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { segment } from '../../../source/interface/lines.ts'
import type { Column } from '../../../source/interface/table/column.ts'
import { compareNames, sortRows } from '../../../source/interface/table/order.ts'
import { createStore } from '../../../source/store/store.ts'

const snapshot = createStore().snapshot()

type Keys = Readonly<Record<string, number | string | undefined>>

const sorted = (keys: Keys, descending: boolean): readonly string[] => {
  const column: Column = {
    id: 'key',
    heading: 'KEY',
    width: 5,
    priority: 0,
    align: 'left',
    cell: () => segment(''),
    sortKey: (_, row) => keys[row],
  }
  return sortRows(snapshot, Object.keys(keys), column, descending)
}

describe('sorting by a column', () => {
  const keys: Keys = { a: 3, b: Number.NaN, c: 9, d: undefined, e: -1 }

  test('puts rows without a value last, whichever way it goes', () => {
    expect(sorted(keys, true)).toEqual(['c', 'a', 'e', 'b', 'd'])
    expect(sorted(keys, false)).toEqual(['e', 'a', 'c', 'b', 'd'])
  })

  test('leaves rows that tie as they came, whichever way it goes', () => {
    const ties: Keys = { 'worker-10': 1, 'worker-9': 1, 'worker-2': 1, 'cp-1': 0 }
    expect(sorted(ties, true)).toEqual(['worker-10', 'worker-9', 'worker-2', 'cp-1'])
    expect(sorted(ties, false)).toEqual(['cp-1', 'worker-10', 'worker-9', 'worker-2'])
  })

  test('leaves rows of one text as they came, and puts texts beside numbers somewhere', () => {
    const texts: Keys = { z: 'Running', a: 'Pending', y: 'Running', b: undefined, x: 'Running' }
    expect(sorted(texts, true)).toEqual(['z', 'y', 'x', 'a', 'b'])
    expect(sorted(texts, false)).toEqual(['a', 'z', 'y', 'x', 'b'])
    expect(sorted({ a: 'text', b: 3, c: 20 }, false)).toEqual(['b', 'c', 'a'])
  })

  test('sorts texts as people do', () => {
    expect(sorted({ a: '6.10', b: '6.9', c: '5.15' }, true)).toEqual(['a', 'b', 'c'])
  })

  test('loses no row, and sorts what it can compare', () => {
    const key = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(Number.NaN), fc.constant(undefined))
    const rows = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,3}$/), key), { selector: ([row]) => row })
    fc.assert(
      fc.property(rows, fc.boolean(), (entries, descending) => {
        const keys: Keys = Object.fromEntries(entries)
        const order = sorted(keys, descending)
        expect(order.toSorted()).toEqual(entries.map(([row]) => row).toSorted())
        const values = order.map((row) => keys[row]).filter((value) => value !== undefined && !Number.isNaN(value))
        const ascending = values.toSorted((one, other) => Number(one) - Number(other))
        expect(values).toEqual(descending ? ascending.toReversed() : ascending)
      }),
    )
  })

  test('compares names with one collator, made once', () => {
    const made = vi.spyOn(Intl, 'Collator')
    const locale = vi.spyOn(String.prototype, 'localeCompare')
    expect(compareNames('worker-9', 'worker-10')).toBeLessThan(0)
    expect(made).not.toHaveBeenCalled()
    expect(locale).not.toHaveBeenCalled()
    vi.restoreAllMocks()
  })
})
