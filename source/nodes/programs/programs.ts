import { placeholderIn, placeholders } from './placeholders.ts'
import { type TypedWord, textOf, typedPrograms } from './typed-words.ts'

/** What a script runs, as a person would type it, in plain words and pipes; what only the node knows stands in capitals. */
export interface TypedRun {
  readonly command: string
  /** Words of ours that stand in capitals because they are long, such as a program for awk: what they are, letter by letter. */
  readonly where?: Readonly<Record<string, string>>
  /** What its first program is called too, where that lies in a place of its own. */
  readonly alsoCalled?: readonly string[]
}

/** One program that may be started on a node. */
export interface NodeProgram {
  readonly command: string
  /**
   * A regular expression for its arguments, the name of the program first, with a NUL between each and the next, as
   * `/proc/PID/cmdline` has them; it matches the whole of that.
   */
  readonly pattern: string
}

const nul = String.raw`\x00`

/** What shells do themselves: no program is started for it. */
const builtins = new Set(['[', 'printf', 'echo', ':', 'read', 'cd', 'kill', 'command', 'times', 'exit'])

const literal = (text: string): string =>
  text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`).replaceAll('\n', '\\n')

/** Text that is the same but for its white space, since what is long is shown on one line. */
const shown = (text: string): string =>
  text
    .split(/(\s+)/)
    .map((part, index) => (index % 2 === 1 ? String.raw`\s+` : literal(part)))
    .join('')

const globs = /[*?]|\[[^\]]+\]/g

const glob = (text: string): string => {
  const parts: string[] = []
  let from = 0
  for (const { 0: sign, index } of text.matchAll(globs)) {
    parts.push(shown(text.slice(from, index)), sign === '*' ? `[^/${nul}]*` : sign === '?' ? `[^/${nul}]` : sign)
    from = index + sign.length
  }
  return [...parts, shown(text.slice(from))].join('')
}

const isGlob = ({ text, isQuoted }: TypedWord[number]): boolean => !isQuoted && text.search(globs) >= 0

type Where = Readonly<Record<string, string>>

const piecePattern = (piece: TypedWord[number], where: Where): string => {
  const known = {
    ...placeholders,
    ...Object.fromEntries(Object.keys(where).map((name) => [name, literal(where[name] ?? '')])),
  }
  const plain = isGlob(piece) ? glob : shown
  const parts: string[] = []
  let from = 0
  for (const { 0: name, index } of piece.text.matchAll(placeholderIn(Object.keys(known)))) {
    parts.push(plain(piece.text.slice(from, index)), known[name] ?? '')
    from = index + name.length
  }
  return [...parts, plain(piece.text.slice(from))].join('')
}

/** One word, or as many as a shell makes of it: of a pattern for files, and of a word that ends with `...`. */
const wordPattern = (word: TypedWord, where: Where): string => {
  const last = word.at(-1)
  const isRepeated = last !== undefined && !last.isQuoted && last.text.endsWith('...')
  const pieces = isRepeated ? [...word.slice(0, -1), { ...last, text: last.text.slice(0, -3) }] : word
  const one = pieces.map((piece) => piecePattern(piece, where)).join('')
  // A program text may begin and end with an empty line.
  const isLong = word.some(({ text, isQuoted }) => isQuoted && /\s/.test(text))
  const whole = isLong ? String.raw`\s*${one}\s*` : one
  return isRepeated || word.some(isGlob) ? `${whole}(?:${nul}${whole})*` : whole
}

/** How many words of those that follow the name belong to a program that only starts another one. */
const ownWords: Readonly<Record<string, (words: readonly string[]) => number>> = {
  nice: (words) => (words[0] === '-n' ? 2 : 0),
  timeout(words) {
    let count = 0
    while (words[count]?.startsWith('-') === true) count += 2
    return count + 1
  },
  nsenter: (words) => (words.includes('--') ? words.indexOf('--') + 1 : words.length),
  sudo: (words) => (words[0] === '-n' ? 1 : words.length),
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** What a program starts in its own place, with what it was given. */
const within = (words: readonly TypedWord[], where: Where): readonly NodeProgram[] => {
  const [name = '', ...rest] = words.map(textOf)
  const count = ownWords[baseName(name)]?.(rest)
  if (count !== undefined) return programOf(words.slice(count + 1), where)
  const [option, text = ''] = rest
  return baseName(name) === 'sh' && option === '-c' && where[text] === undefined
    ? programsOf({ command: text, where }, true)
    : []
}

const quoted = (word: TypedWord): string => {
  const text = textOf(word)
  return word.some(({ isQuoted }) => isQuoted) && !/^[\w./:=,@%+-]+$/.test(text)
    ? `'${text.replaceAll("'", String.raw`'\''`)}'`
    : text
}

const programOf = (words: readonly TypedWord[], where: Where): readonly NodeProgram[] => {
  const [first, ...rest] = words
  if (first === undefined) return []
  const name = textOf(first)
  if (name === 'exec') return programOf(rest, where)
  if (builtins.has(name)) return []
  const command = words.map(quoted).join(' ')
  const pattern = `^${words.map((word) => wordPattern(word, where)).join(nul)}$`
  return [{ command, pattern }, ...within(words, where)]
}

/** Every program that a run starts, those that others start in their place included. `isInner`: its variables are its own. */
const programsOf = ({ command, where = {} }: TypedRun, isInner = false): readonly NodeProgram[] =>
  // What a shell within is told by its arguments, no program is named by.
  typedPrograms(isInner ? command.replaceAll(/\$\d/g, 'ARGUMENT') : command).flatMap((words) => programOf(words, where))

/** Every program of some runs, each once. */
export const programsIn = (runs: readonly TypedRun[]): readonly NodeProgram[] => {
  const all = runs.flatMap((run) => {
    const others = (run.alsoCalled ?? []).map((name) => ({ ...run, command: run.command.replace(/^\S+/, name) }))
    return [run, ...others].flatMap((one) => programsOf(one))
  })
  return all.filter(({ pattern }, index) => all.findIndex((other) => other.pattern === pattern) === index)
}

/** Whether a list of arguments, the name of the program first, is one of these. */
export const matcherOf = (
  programs: readonly Pick<NodeProgram, 'pattern'>[],
): ((argv: readonly string[]) => boolean) => {
  const patterns = programs.map(({ pattern }) => new RegExp(pattern))
  return (argv) => {
    const text = argv.join('\0')
    return patterns.some((pattern) => pattern.test(text))
  }
}
