import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseFilter, passes } from '../../../source/interface/table/filter.ts'

const shown = (typed: string, text: string): boolean => passes(parseFilter(typed), text)

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
})
