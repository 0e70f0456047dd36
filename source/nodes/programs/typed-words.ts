/** A piece of a word, as it stood between quotes or without them. */
export interface Piece {
  readonly text: string
  readonly isQuoted: boolean
}

export type TypedWord = readonly Piece[]

/** What a person would type, taken apart: the words of each program in it, in their order. Redirections are left out. */
export type TypedPrograms = readonly (readonly TypedWord[])[]

const fault = (command: string, why: string): Error =>
  new Error(`a command that is listed cannot be told apart (${why}): ${command.slice(0, 120)}`)

// One alternative each: blanks, what parts programs, a redirection without its file, quotes, an escaped sign, plain signs.
const token =
  /[ \t\n]+|(?<end>&&|\|\||[|;])|(?<redirect>\d*(?:>&\d|[<>]{1,2}))|'(?<single>[^']*)'|"(?<double>(?:[^"\\`]|\\.)*)"|\\(?<escaped>[^\n])|(?<plain>[^\s'"\\|;&<>()`]+)/gy

const withoutEscapes = (text: string): string => text.replaceAll(/\\(["\\$`])/g, '$1')

/** A variable whose value only a shell knows. */
const isVariable = (text: string): boolean => /\$[\w{(]/.test(text.replaceAll(/\\./g, ''))

/**
 * Takes apart a command line as it is shown to people, in the language of /bin/sh without variables, substitutions and blocks.
 * Throws for anything else: a fault of what is listed.
 */
export const typedPrograms = (command: string): TypedPrograms => {
  const programs: TypedWord[][] = []
  let words: TypedWord[] = []
  let word: Piece[] | undefined
  let isFile = false
  const endWord = (): void => {
    if (word !== undefined && !isFile) words.push(word)
    if (word !== undefined) isFile = false
    word = undefined
  }
  const endProgram = (): void => {
    endWord()
    if (words.length > 0) programs.push(words)
    words = []
  }
  const add = (text: string, isQuoted: boolean): void => void (word ??= []).push({ text, isQuoted })

  token.lastIndex = 0
  while (token.lastIndex < command.length) {
    const { groups = {}, 0: all } = token.exec(command) ?? {}
    if (all === undefined) throw fault(command, 'it is more than plain words and pipes')
    const { end, redirect, single, double, escaped, plain } = groups
    if ((plain !== undefined && isVariable(plain)) || (double !== undefined && isVariable(double)))
      throw fault(command, 'it has a variable')
    if (end !== undefined) endProgram()
    else if (redirect !== undefined) {
      endWord()
      isFile = !redirect.includes('&')
    } else if (single !== undefined) add(single, true)
    else if (double !== undefined) add(withoutEscapes(double), true)
    else if (escaped !== undefined) add(escaped, true)
    else if (plain !== undefined) add(plain, false)
    else endWord()
  }
  endProgram()
  return programs
}

export const textOf = (word: TypedWord): string => word.map(({ text }) => text).join('')
