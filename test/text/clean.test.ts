import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clean, joinClean } from '../../source/text/clean.ts'
import { widthOf } from '../../source/text/width.ts'
import { outsideText } from './arbitraries.ts'

describe('outside strings become safe to draw', () => {
  test('plain text stays as it is', () => {
    expect(clean('worker-7 97 %')).toBe('worker-7 97 %')
    expect(clean('Ærøskøbing 漢字 é')).toBe('Ærøskøbing 漢字 é')
  })

  test('an escape sequence loses the character that makes it one', () => {
    expect(clean('a\u001b[31mb\u009b2Jc\u0007')).toBe('a\ufffd[31mb\ufffd2Jc\ufffd')
  })

  test('what reorders, hides or takes no width becomes visible', () => {
    expect(clean('cp\u200b-1\u202e2-pc')).toBe('cp\ufffd-1\ufffd2-pc')
    expect(clean('\ufeffa\u00adb\u3164c')).toBe('\ufffda\ufffdb\ufffdc')
  })

  test('what joins its neighbour in some terminals only is replaced', () => {
    expect(clean('👍🏽')).toBe('👍\ufffd')
    expect(clean('🇳🇴')).toBe('\ufffd\ufffd')
    expect(clean('👩‍👧')).toBe('👩\ufffd👧')
    expect(clean('\u1112\u1161')).toBe('\ufffd\ufffd')
  })

  test('a mark needs a letter, and a letter carries at most four', () => {
    expect(clean('\u0301e\u0301')).toBe('\ufffde\u0301')
    expect(clean(`a${'\u0301'.repeat(6)}`)).toBe(`a${'\u0301'.repeat(4)}\ufffd\ufffd`)
  })

  test('half a surrogate pair is replaced, also one made by the cut', () => {
    expect(clean('a\ud83d')).toBe('a\ufffd')
    expect(clean('ab😀cd', 4)).toBe('ab\ufffd…')
  })

  test('no string holds anything unsafe, nor grows over its limit', () => {
    fc.assert(
      fc.property(outsideText(), fc.integer({ min: 0, max: 40 }), (text, limit) => {
        const safe = clean(text, limit)
        expect(safe.length).toBeLessThanOrEqual(limit)
        expect(safe).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u)
      }),
    )
  })

  test('cleaning twice changes nothing more', () => {
    fc.assert(
      fc.property(outsideText(), (text) => {
        expect(clean(clean(text))).toBe(clean(text))
      }),
    )
  })

  test('no character changes the width of its neighbour', () => {
    fc.assert(
      fc.property(outsideText(), outsideText(), (left, right) => {
        const parts = [clean(left), clean(right)]
        expect(widthOf(joinClean(parts))).toBe(parts.reduce((sum, part) => sum + widthOf(part), 0))
      }),
      { numRuns: 2000 },
    )
  })

  test('joining cleans the separator', () => {
    expect(joinClean([clean('a'), clean('b')], '\u001b')).toBe('a\ufffdb')
  })
})
