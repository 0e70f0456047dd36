/** A word of a command that varies from node to node, or from run to run. */
export interface Varying {
  /** Stands for it where people read it, in capitals. */
  readonly shown: string
  /** What sudo lets pass: a POSIX extended expression without anchors, which matches no blank and no slash. */
  readonly pattern: string
}

/** A program that sudo runs as root: nothing but what is written here, each argument as it stands. */
export interface RootCommand {
  /** Absolute, one for each place where distributions keep it. */
  readonly paths: readonly [string, ...string[]]
  readonly words: readonly (string | Varying)[]
}

const inPrint = (word: string | Varying): string => {
  const text = typeof word === 'string' ? word : word.shown
  return /[\s^]/.test(text) ? `'${text}'` : text
}

/** As a person would type it. */
export const shownRootCommand = ({ paths, words }: RootCommand): string => [paths[0], ...words.map(inPrint)].join(' ')

/** Whether it can be written down only with a regular expression, which sudo knows from 1.9.10 on. */
export const needsExpressions = ({ words }: RootCommand): boolean => words.some((word) => typeof word !== 'string')
