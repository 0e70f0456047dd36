import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { textOf, typedPrograms } from '../../../source/nodes/programs/typed-words.ts'

const wordsOf = (command: string): readonly (readonly string[])[] =>
  typedPrograms(command).map((words) => words.map(textOf))

describe('a command as it is shown', () => {
  test('is parted into programs and words', () => {
    expect(wordsOf(`a -b 'c d' "e f"g | h; i && j || k`)).toEqual([
      ['a', '-b', 'c d', 'e fg'],
      ['h'],
      ['i'],
      ['j'],
      ['k'],
    ])
  })

  test('has no redirections, which are no words', () => {
    expect(wordsOf('a <b 2>/dev/null >c d 2>&1 e')).toEqual([['a', 'd', 'e']])
  })

  test('keeps a backslash between single quotes, and takes it as a sign elsewhere', () => {
    expect(wordsOf(String.raw`a '\n' "\$x \n" \; b`)).toEqual([['a', String.raw`\n`, String.raw`$x \n`, ';', 'b']])
  })

  test('has empty words', () => {
    expect(wordsOf(`a '' ""`)).toEqual([['a', '', '']])
  })

  test('is what was quoted, whatever that is', () => {
    const word = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''))
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (words) => {
        const command = words.map((text) => `'${text.replaceAll("'", String.raw`'\''`)}'`).join(' ')
        expect(wordsOf(command)).toEqual([words])
      }),
    )
  })

  test.for(['a $b', 'a "$b"', 'a ${b}', 'a $(b)', 'a `b`', '(a)', `a 'b`, 'a "b'])(
    'that only a shell could tell is refused: %s',
    (command) => {
      expect(() => typedPrograms(command)).toThrow('cannot be told apart')
    },
  )
})
