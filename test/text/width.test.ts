import * as fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, test } from 'vitest'
import { clean } from '../../source/text/clean.ts'
import { asAscii, blanks, fit, repeat, wholeCells, widthOf, wrap } from '../../source/text/width.ts'
import { anyWidth, outsideText } from './arbitraries.ts'

describe('width', () => {
  test('counts cells, not characters', () => {
    expect(widthOf(clean('worker-7'))).toBe(8)
    expect(widthOf(clean('漢字'))).toBe(4)
    expect(widthOf(clean('e\u0301'))).toBe(1)
    expect(widthOf(clean('▁▂▃─│⣿'))).toBe(6)
  })

  test('is what string-width says, short cuts included', () => {
    const drawn = fc.string({ unit: fc.constantFrom('a', '~', '─', '█', '⣿', '漢', '\u0301') })
    fc.assert(
      fc.property(fc.oneof(outsideText(), drawn), (text) => {
        expect(widthOf(clean(text))).toBe(stringWidth(clean(text)))
      }),
    )
  })

  test('a senseless width is no width', () => {
    expect([-1, Number.NaN, Number.POSITIVE_INFINITY, 2.9].map(wholeCells)).toEqual([0, 0, 0, 2])
    expect(blanks(3)).toBe('   ')
    expect(repeat(clean('─'), 3)).toBe('───')
  })
})

describe('fit', () => {
  test('pads on the far side of the alignment', () => {
    expect(fit(clean('ab'), 4)).toBe('ab  ')
    expect(fit(clean('ab'), 4, 'right')).toBe('  ab')
  })

  test('cuts with an ellipsis of the glyph level', () => {
    expect(fit(clean('worker-7'), 5)).toBe('work…')
    expect(fit(clean('worker-7'), 5, 'left', clean('~'))).toBe('work~')
    expect(fit(clean('worker-7'), 1)).toBe('…')
    expect(fit(clean('worker-7'), 2, 'left', clean('...'))).toBe('wo')
  })

  test('never halves a wide character nor parts a letter from its mark', () => {
    expect(fit(clean('漢字漢'), 4)).toBe('漢… ')
    expect(fit(clean('漢字漢'), 4, 'right')).toBe(' 漢…')
    expect(fit(clean('ae\u0301io'), 3)).toBe('ae\u0301…')
  })

  test('takes exactly the width asked for, whatever the text', () => {
    fc.assert(
      fc.property(
        outsideText(),
        anyWidth(),
        fc.constantFrom('left' as const, 'right' as const),
        (text, width, align) => {
          const cell = fit(clean(text), width, align)
          expect(widthOf(cell)).toBe(wholeCells(width))
          expect(clean(cell)).toBe(cell)
        },
      ),
      { numRuns: 1000 },
    )
  })

  test('keeps the whole text where there is room', () => {
    fc.assert(
      fc.property(outsideText(), fc.nat(20), (text, room) => {
        const safe = clean(text)
        expect(fit(safe, widthOf(safe) + room)).toBe(`${safe}${' '.repeat(room)}`)
      }),
    )
  })
})

describe('wrap', () => {
  test('breaks at spaces, and a long word where it must', () => {
    expect(wrap(clean('the table is full'), 9)).toEqual(['the table', 'is full'])
    expect(wrap(clean('a nf_conntrack_max b'), 6)).toEqual(['a', 'nf_con', 'ntrack', '_max b'])
    expect(wrap(clean(''), 9)).toEqual([''])
    expect(wrap(clean('text'), 0)).toEqual([])
    expect(wrap(clean('漢a'), 1)).toEqual(['\ufffd', 'a'])
  })

  test('no line is wider than asked for', () => {
    fc.assert(
      fc.property(outsideText(), fc.integer({ min: 1, max: 40 }), (text, width) => {
        for (const line of wrap(clean(text), width)) expect(widthOf(line)).toBeLessThanOrEqual(width)
      }),
    )
  })

  test('no word is lost or changed', () => {
    const words = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'é', '漢'), minLength: 1, maxLength: 12 }))
    fc.assert(
      fc.property(words, fc.integer({ min: 2, max: 40 }), (words, width) => {
        expect(
          wrap(clean(words.join(' ')), width)
            .join('')
            .replaceAll(' ', ''),
        ).toBe(words.join(''))
      }),
    )
  })
})

describe('ASCII for terminals that show nothing else', () => {
  test('a foreign character is a question mark per cell', () => {
    expect(asAscii(clean('漢e\u0301a…'))).toBe('???a?')
  })

  test('keeps the width', () => {
    fc.assert(
      fc.property(outsideText(), (text) => {
        const plain = asAscii(clean(text))
        expect(plain).toMatch(/^[ -~]*$/)
        expect(plain).toHaveLength(widthOf(clean(text)))
      }),
    )
  })
})
