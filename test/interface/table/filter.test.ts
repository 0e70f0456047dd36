import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Column, isShown } from '../../../source/interface/table/column.ts'
import { parseFilter } from '../../../source/interface/table/filter.ts'
import { createStore } from '../../../source/store/store.ts'
import { clean } from '../../../source/text/clean.ts'

const snapshot = createStore().snapshot()

const saying = (text: string | undefined): Column => ({
  id: text ?? 'silent',
  heading: 'TEXT',
  width: 8,
  priority: 0,
  align: 'left',
  cell: () => ({ text: clean('97'), style: 'plain' }),
  sortKey: () => 97,
  ...(text === undefined ? {} : { text: () => text }),
})

const shown = (typed: string, ...texts: readonly (string | undefined)[]): boolean => {
  const filter = parseFilter(typed)
  return filter === undefined || isShown(snapshot, 'row', texts.map(saying), filter)
}

describe('a filter', () => {
  test.each([
    ['worker', 'worker-1', true],
    ['WORKER', 'worker-1', true],
    ['worker', 'WORKER-1', true],
    ['cp', 'worker-1', false],
    ['!worker', 'worker-1', false],
    ['!worker', 'cp-1', true],
    ['! worker', 'cp-1', true],
    [' worker ', 'worker-1', true],
    ['.*', 'worker-1', false],
  ])('%j on %j: %s', (typed, text, expected) => {
    expect(shown(typed, text)).toBe(expected)
  })

  test.each(['', ' ', '!', '! '])('that says nothing yet (%j) shows everything', (typed) => {
    expect(parseFilter(typed)).toBeUndefined()
    expect(shown(typed, 'anything')).toBe(true)
  })

  test('and its inverse part the rows in two', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (typed, text) => {
        fc.pre(parseFilter(typed) !== undefined && !typed.startsWith('!'))
        expect(shown(`!${typed}`, text)).toBe(!shown(typed, text))
      }),
    )
  })

  test('searches what any column says, and nothing that one only draws', () => {
    expect(shown('two', 'one', 'two', undefined)).toBe(true)
    expect(shown('!two', 'one', 'two')).toBe(false)
    expect(shown('97', 'one', undefined)).toBe(false)
    expect(shown('!97', 'one', undefined)).toBe(true)
  })
})
