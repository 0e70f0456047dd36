import * as fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, test } from 'vitest'
import { agreedCells } from '../../source/terminal/agreed-cells.ts'
import { createPens } from '../../source/terminal/pens.ts'
import { readRow } from '../../source/terminal/row.ts'

describe('cells on which terminals agree', () => {
  test('are as many as string-width says', () => {
    const units = Array.from({ length: 0x1_0000 }, (_, unit) => unit).filter((unit) => agreedCells(unit) > 0)
    const other = units.filter((unit) => agreedCells(unit) !== stringWidth(String.fromCharCode(unit)))
    expect(units.length).toBeGreaterThan(30_000)
    expect(other).toEqual([])
  })

  test('do not include controls, marks, joiners or half surrogates', () => {
    expect([0, 0x1b, 0x7f, 0x9b, 0xad, 0x301, 0x200d, 0xfe0f, 0xd83d, 0xde00].map(agreedCells)).not.toContain(1)
  })
})

describe('reading a row', () => {
  const glyphsOf = (text: string, columns = 20): readonly string[] => readRow(text, columns, createPens()).glyphs

  test('a wide glyph takes two cells, a mark none', () => {
    expect(glyphsOf('a漢e\u0301b')).toEqual(['a', '漢', '', 'e\u0301', 'b'])
    expect(glyphsOf('e\u001b[31m\u0301b')).toEqual(['e\u0301', 'b'])
  })

  test('a wide glyph is not halved at the edge', () => {
    expect(glyphsOf('ab漢c', 3)).toEqual(['a', 'b'])
    expect(glyphsOf('ab漢c', 4)).toEqual(['a', 'b', '漢', ''])
  })

  test('ends with the last cell that shows something', () => {
    expect(glyphsOf('a  \u001b[31m  \u001b[39m')).toEqual(['a'])
    expect(glyphsOf('a \u001b[44m \u001b[49m ')).toEqual(['a', ' ', ' '])
  })

  test('whatever the line holds, no more cells than columns come out, and each cell of them is one glyph', () => {
    const line = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('\u001b', '[', 'm', ';', '3', ']', '漢', '\u0301', 'a') }),
    )
    fc.assert(
      fc.property(line, fc.integer({ min: 1, max: 12 }), (text, columns) => {
        const { glyphs, pens } = readRow(text, columns, createPens())
        expect(glyphs.length).toBeLessThanOrEqual(columns)
        expect(pens).toHaveLength(glyphs.length)
        expect(glyphs.join('')).not.toMatch(/\p{Cc}/u)
        expect(glyphs.reduce((sum, glyph) => sum + stringWidth(glyph), 0)).toBe(glyphs.length)
      }),
      { numRuns: 1000 },
    )
  })
})
