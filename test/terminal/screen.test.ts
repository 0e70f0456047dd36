import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createScreen, type Size } from '../../source/terminal/screen.ts'
import { changed, picture, size } from './arbitraries.ts'
import { createEmulator, type Emulator } from './emulator.ts'

const wide = { columns: 160, rows: 9 }
const isWide = (cell: string | undefined): boolean => cell?.split('/')[1] === '2'

/** What a fresh terminal shows of a picture that is simply written out, cut to a size; a halved glyph is 'halved'. */
const freshly = async (lines: readonly string[], at: Size): Promise<readonly (readonly string[])[]> => {
  const emulator = createEmulator(wide)
  await emulator.write(lines.join('\u001b[m\r\n'))
  const rows = emulator.seen().slice(0, at.rows)
  emulator.dispose()
  return rows.map(({ cells }) => {
    const cut = cells.slice(0, at.columns)
    return isWide(cut.at(-1)) ? cut.with(-1, 'halved') : cut
  })
}

/** What an emulator shows, where a halved glyph stands to reason if there is a space. */
const seenLike = (emulator: Emulator, expected: readonly (readonly string[])[]): readonly (readonly string[])[] =>
  emulator
    .seen()
    .map(({ cells }, row) =>
      expected[row]?.at(-1) === 'halved' && cells.at(-1)?.startsWith(' ') ? cells.with(-1, 'halved') : cells,
    )

describe('the difference between two pictures', () => {
  test('makes the screen show the last picture, whatever came before', async () => {
    const pictures = picture().chain((first) =>
      fc
        .array(fc.oneof({ weight: 3, arbitrary: changed(first) }, picture()), { maxLength: 5 })
        .map((rest) => [first, ...rest]),
    )
    await fc.assert(
      fc.asyncProperty(pictures, fc.array(fc.option(size(), { freq: 3 }), { maxLength: 5 }), async (all, sizes) => {
        let at: Size = { columns: 24, rows: 8 }
        const emulator = createEmulator(at)
        const screen = createScreen()
        await emulator.write('\u001b[?1049h\u001b[31;7mleft over by another program\u001b[4h')
        for (const [turn, lines] of all.entries()) {
          at = sizes[turn] ?? at
          emulator.resize(at)
          await emulator.write(screen.paint(lines, at))
          const expected = await freshly(lines, at)
          expect(seenLike(emulator, expected)).toEqual(expected)
        }
        emulator.dispose()
      }),
      { numRuns: 100 },
    )
  })
})
