import { WrongUse } from '../config/wrong-use.ts'
import { clean } from '../text/clean.ts'
import { sourceFrame } from './frames.ts'

const longestMessage = 500
const mostCauses = 5
const mostFrames = 10

const messageOf = (error: unknown): string =>
  clean(
    error instanceof Error ? `${error.name === 'Error' ? '' : `${error.name}: `}${error.message}` : 'unknown failure',
    longestMessage,
  )

const causesOf = (error: unknown): readonly unknown[] => {
  const causes: unknown[] = []
  for (let cause = error; cause instanceof Error && cause.cause !== undefined && causes.length < mostCauses; ) {
    cause = cause.cause
    causes.push(cause)
  }
  return causes
}

/** A refusal of the system, such as a full disk, is no fault of ours: where it met us helps nobody. */
const isRefusal = (error: Error): boolean => (error as NodeJS.ErrnoException).syscall !== undefined

const ownFrames = (error: unknown): readonly string[] =>
  error instanceof Error && !isRefusal(error)
    ? (error.stack ?? '')
        .split('\n')
        .filter((line) => /^\s+at /.test(line) && !line.includes('node:'))
        .map((line) => sourceFrame(line.trim()))
        .filter((line) => !line.includes('node_modules'))
        .slice(0, mostFrames)
        .map((line) => clean(line, longestMessage))
    : []

/**
 * What is said of an error at the very end. Wrong use: its one line. Anything else: message, causes and our own part of the
 * stack, and never an object, since objects of errors hold requests, keys and tokens.
 */
export const lastWords = (error: unknown): string => {
  if (error instanceof WrongUse) return `kntop: ${clean(error.message, 2000)}\n`
  return [
    `kntop: ${messageOf(error)}`,
    ...causesOf(error).map((cause) => `  because of ${messageOf(cause)}`),
    ...ownFrames(error).map((frame) => `    ${frame}`),
    '',
  ].join('\n')
}
