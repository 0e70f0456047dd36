import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLines } from '../../../source/cluster/json/lines.ts'

const taken = (chunks: readonly string[], limit = 1000): readonly (string | undefined)[] => {
  const lines = createLines(limit)
  return chunks.flatMap((text) => {
    const chunk = Uint8Array.from(Buffer.from(text, 'latin1'))
    const out = Array.from(lines.push(chunk), (line) =>
      line === undefined ? undefined : Buffer.from(line).toString('latin1'),
    )
    chunk.fill(0)
    return out
  })
}

describe('lines that come in pieces', () => {
  it('are those of the whole text, blank ones and an unfinished last one left out', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[ab\n]{0,9}$/)), (chunks) => {
        const whole = chunks.join('').split('\n').slice(0, -1)
        expect(taken(chunks)).toEqual(whole.filter((line) => line !== ''))
      }),
    )
  })

  it('beyond the limit are told and not held, in one chunk or several', () => {
    expect(taken(['ok\n', 'x'.repeat(8), 'y'.repeat(8), '\nalso\n'], 10)).toEqual(['ok', undefined, 'also'])
    expect(taken([`ok\n${'x'.repeat(11)}\nalso\n`], 10)).toEqual(['ok', undefined, 'also'])
  })
})
