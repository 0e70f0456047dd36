import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { didYouMean, nearest } from '../../source/text/nearest.ts'

const known = ['historyMemory', 'etcdMetrics', 'thresholds', 'with']

describe('the word that was probably meant', () => {
  it.each([
    ['historymemory', 'historyMemory'],
    ['histroyMemory', 'historyMemory'],
    ['threshold', 'thresholds'],
    ['wiht', 'with'],
  ])('of %s is %s', (word, meant) => {
    expect(nearest(word, known)).toBe(meant)
  })

  it('is nothing where no word is near', () => {
    expect(nearest('colour', known)).toBeUndefined()
    expect(didYouMean('colour', known)).toBe('')
  })

  it('is a known word itself, however it is written', () => {
    fc.assert(fc.property(fc.constantFrom(...known), (word) => nearest(word.toUpperCase(), known) === word))
  })

  it('is looked for in any text without an error', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (word) => [undefined, ...known].includes(nearest(word, known))),
    )
  })
})
