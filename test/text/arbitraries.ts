import * as fc from 'fast-check'

const makeOutside = (): fc.Arbitrary<string> =>
  fc
    .array(
      fc.oneof(
        fc.string({ unit: 'grapheme-ascii', maxLength: 8 }),
        fc.string({ unit: 'grapheme', maxLength: 4 }),
        fc.string({ unit: 'binary', maxLength: 4 }),
        fc.constantFrom(
          '漢字',
          'e\u0301',
          '\u0301',
          '\u001b[31m',
          '\u001b]0;title\u0007',
          '\u009b2J',
          '\r\n',
          '\u202e',
          '👩‍👩‍👧',
          '👍',
          '🏽',
          '가',
          '\u0e33',
          '🇳',
          '🇴',
          '❤️',
          '\ud83d',
          '\ude00',
          'ᄒ',
          'ᅡ',
          'क्ष',
          'ﾊﾞ',
          '\u0604',
          '  ',
          'a\u0300\u0301\u0302\u0303\u0304\u0305',
        ),
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join(''))

let outside: fc.Arbitrary<string> | undefined

/**
 * Text as the outside sends it: plain, wide, combining, invisible, escape sequences, half surrogates. Made once, when somebody
 * wants it: to make an arbitrary of strings takes far longer than to take a string from it.
 */
export const outsideText = (): fc.Arbitrary<string> => {
  outside ??= makeOutside()
  return outside
}

/** Widths a layout may ask for, the senseless ones included. */
export const anyWidth = (): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 300 }) },
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 12 }) },
    { weight: 1, arbitrary: fc.constantFrom(-1, 0.5, 7.9, Number.NaN, Number.POSITIVE_INFINITY) },
  )

/** Figures as a broken node sends them: everyday ones, gaps, infinities, the ends of the floating range. */
export const anyFigure = (): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.double({ min: 0, max: 1e6, noNaN: true }) },
    { weight: 2, arbitrary: fc.integer({ min: -5, max: 120 }) },
    { weight: 2, arbitrary: fc.double() },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        0,
        -0,
        Number.NaN,
        Number.POSITIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
        1.7e308,
        -1.7e308,
        5e-324,
      ),
    },
  )
