import * as fc from 'fast-check'
import type { Size } from '../../source/terminal/screen.ts'

/** Glyphs of one and two cells, and letters with marks, on whose width all terminals agree. */
const glyph = (): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(' ', ' ', ' ', 'a', 'b', '7', '%') },
    { weight: 3, arbitrary: fc.constantFrom('▁', '█', '─', '│', '▲', '●', '⣿', 'é', '…') },
    { weight: 2, arbitrary: fc.constantFrom('漢', '字', '가', 'か') },
    { weight: 1, arbitrary: fc.constantFrom('e\u0301', 'a\u0300\u0302') },
  )

const look = (): fc.Arbitrary<string> =>
  fc.constantFrom('1', '2', '3', '4', '7', '9', '31', '97', '42', '38;5;208', '48;5;17', '38;2;1;2;3', '1;33', '2;7;44')

/** A run of glyphs in one look, ended as Ink ends it or by a full reset. */
const run = (): fc.Arbitrary<string> =>
  fc.oneof(
    fc.string({ unit: glyph(), maxLength: 6 }),
    fc
      .tuple(look(), fc.string({ unit: glyph(), maxLength: 6 }))
      .map(([codes, text]) => `\u001b[${codes}m${text}\u001b[m`),
    fc
      .tuple(fc.constantFrom('32', '95'), fc.string({ unit: glyph(), maxLength: 6 }))
      .map(([code, text]) => `\u001b[1m\u001b[${code}m${text}\u001b[39m\u001b[22m`),
  )

/** A line with its SGR sequences; begins and ends in the plain pen. */
export const styledLine = (): fc.Arbitrary<string> => fc.array(run(), { maxLength: 5 }).map((runs) => runs.join(''))

/** A picture of up to eight lines. */
export const picture = (): fc.Arbitrary<readonly string[]> => fc.array(styledLine(), { minLength: 1, maxLength: 8 })

/** A picture much like another one: some lines replaced. */
export const changed = (lines: readonly string[]): fc.Arbitrary<readonly string[]> =>
  fc
    .array(fc.tuple(fc.nat(), styledLine()), { minLength: 1, maxLength: 3 })
    .map((edits) =>
      edits.reduce<readonly string[]>((result, [at, line]) => result.with(at % result.length, line), lines),
    )

export const size = (): fc.Arbitrary<Size> =>
  fc.record({ columns: fc.integer({ min: 2, max: 30 }), rows: fc.integer({ min: 1, max: 9 }) })
