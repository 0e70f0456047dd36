import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { objectHint } from '../../source/interface/object-hint.ts'
import { lineText } from '../../source/text/colour.ts'

const hint = (name: string, words: string, width: number): readonly string[] =>
  objectHint(name, words, width).map((line) => lineText(line))

describe('what is said of an object', () => {
  test('stands behind its name, which is told apart', () => {
    expect(hint('web/front', 'ready', 80)).toEqual([' web/front ready'])
    expect(objectHint('web/front', 'ready', 80)[0]?.[0]).toEqual({ text: ' web/front', style: 'title' })
  })

  test('goes on in a second line, which holds all the rest', () => {
    expect(hint('a', 'one two three four', 11)).toEqual([' a one two', ' three four'])
  })

  test('takes two lines at most, and loses no word, whatever the width', () => {
    const word = fc.stringMatching(/^[a-z]{1,12}$/)
    fc.assert(
      fc.property(
        word,
        fc.array(word, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 120 }),
        (name, words, width) => {
          const lines = hint(name, words.join(' '), width)
          expect(lines.length).toBeLessThanOrEqual(2)
          expect(lines.join('').replaceAll(' ', '')).toBe([name, ...words].join(''))
        },
      ),
    )
  })
})
