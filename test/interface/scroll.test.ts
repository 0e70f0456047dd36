import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { segment } from '../../source/interface/lines.ts'
import { drawText, scrollBy } from '../../source/interface/scroll.ts'
import { createTheme } from '../../source/interface/theme.ts'

const theme = createTheme('none', 'block')
const text = (length: number) => Array.from({ length }, (_, index) => [segment(`line ${index}`)])
const drawn = (length: number, top: number, rows: number): readonly string[] =>
  drawText(text(length), top, { columns: 40, rows }, theme).map((line) => line.trimEnd())

describe('a text that is longer than its room', () => {
  test('says how much is below, and nothing at its end', () => {
    expect(drawn(5, 0, 3)).toEqual(['line 0', 'line 1', '3 more lines below: j or space'])
    expect(drawn(5, 2, 3)).toEqual(['line 2', 'line 3', 'line 4'])
    expect(drawn(2, 0, 3)).toEqual(['line 0', 'line 1', ''])
  })

  test('can be read whole page by page: no line is passed over', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 2, max: 30 }), (length, rows) => {
        const seen = new Set<string>()
        for (let page = 0, top = 0; page < length; page++, top = scrollBy(top, 'page-down', length, rows))
          for (const line of drawn(length, top, rows)) if (line.startsWith('line ')) seen.add(line)
        expect(seen.size).toBe(length)
      }),
    )
  })

  test('goes to both ends and no further', () => {
    expect(scrollBy(0, 'up', 10, 4)).toBe(0)
    expect(scrollBy(0, 'bottom', 10, 4)).toBe(6)
    expect(scrollBy(6, 'down', 10, 4)).toBe(6)
    expect(scrollBy(6, 'top', 10, 4)).toBe(0)
    expect(scrollBy(0, 'down', 3, 4)).toBe(0)
    expect(scrollBy(3, 'no such action', 10, 4)).toBe(3)
  })

  test('stays in reach when the room grows', () => {
    expect(drawn(5, 4, 5)).toEqual(['line 0', 'line 1', 'line 2', 'line 3', 'line 4'])
  })
})
