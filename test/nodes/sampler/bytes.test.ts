import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decimalIn, isText, wordEnd } from '../../../source/nodes/sampler/bytes.ts'

/** A text with something before and behind it, and where it stands. */
const within = (text: string): readonly [Buffer, number, number] => {
  const bytes = Buffer.from(`7.${text}9`, 'latin1')
  return [bytes, 2, bytes.length - 1]
}

const digits = fc.string({ unit: fc.nat({ max: 9 }).map(String), minLength: 1, maxLength: 20 })

describe('a decimal number among bytes', () => {
  test('is what its text is to Number', () => {
    fc.assert(
      fc.property(digits, fc.option(digits, { nil: undefined }), (whole, fraction) => {
        const text = fraction === undefined ? whole : `${whole}.${fraction}`
        expect(decimalIn(...within(text))).toBe(Number(text))
      }),
      { numRuns: 2000 },
    )
  })

  test.each(['', '.', '1.2.3', '-1', '+1', ' 1', '1e3', '0x1', 'soon'])('is not %j', (text) => {
    expect(decimalIn(...within(text))).toBeNaN()
  })
})

test('a text is found to stand where it stands, and no other', () => {
  const latin = fc.string({ unit: 'binary', maxLength: 8 }).map((text) => Buffer.from(text).toString('latin1'))
  fc.assert(
    fc.property(latin, latin, (one, other) => {
      expect(isText(...within(one), one)).toBe(true)
      expect(isText(...within(one), other)).toBe(one === other)
    }),
  )
})

test('a word ends at the next blank, or where all ends', () => {
  const bytes = Buffer.from('@1 12.5  1,5')
  expect([0, 3, 8, 9, 12].map((from) => wordEnd(bytes, from, 12))).toEqual([2, 7, 8, 12, 12])
})
