import { clean } from '../../../text/clean.ts'
import type { Cause } from '../connection.ts'
import { isChatter } from './reached-address.ts'
import { channelRefusals, type Refusal, refusals } from './refusal-rules.ts'

const filled = (cause: string, host: string, groups: readonly (string | undefined)[]): string =>
  cause.replaceAll(/\$(host|\d)/g, (_, name: string) => (name === 'host' ? host : (groups[Number(name) - 1] ?? '')))

/** Characters of a line, and lines from the end, that rules are tried on: ssh says less, and a server may write what it likes. */
const longestLine = 512
const mostLines = 40

/** The end of what was said, the last line first. */
const linesOf = (said: string): readonly string[] =>
  said
    .split(/\r?\n/)
    .slice(-mostLines)
    .map((line) => line.slice(0, longestLine))
    .reverse()

/** The groups of what stands in the first line that has it; undefined: none has. */
const groupsIn = (lines: readonly string[], pattern: RegExp): readonly string[] | undefined => {
  for (const line of lines) {
    const match = pattern.exec(line)
    if (match !== null) return match.slice(1)
  }
  return undefined
}

/** How a line is read by a rule: the cause, or undefined. */
const readBy = (rule: Refusal, line: string, lines: readonly string[], host: string): Cause | undefined => {
  const own = groupsIn([line], rule.when)
  if (own === undefined) return undefined
  const beside = (rule.beside ?? []).map((pattern) => groupsIn(lines, pattern))
  if (beside.includes(undefined)) return undefined
  const groups = [...beside.flatMap((found) => found ?? []), ...own]
  const cause = clean(filled(`${rule.cause}; ${rule.todo}`, host, groups), 500)
  return { state: rule.state, cause, ...(rule.unreached === undefined ? {} : { unreached: rule.unreached }) }
}

interface Read {
  readonly rule: Refusal
  readonly cause: Cause
}

const readLines = (said: string, host: string): Read | undefined => {
  const lines = linesOf(said)
  for (const line of lines)
    for (const rule of refusals) {
      const cause = readBy(rule, line, lines, host)
      if (cause !== undefined) return { rule, cause }
    }
  return undefined
}

const lastLine = (said: string): string =>
  said
    .trim()
    .split(/\r?\n/)
    .findLast((line) => !isChatter(line)) ?? ''

/** Why a login failed or a connection ended, from what ssh said; `otherwise`: where it said nothing. */
export const causeOfEnd = (said: string, host: string, otherwise: string): Cause =>
  readLines(said, host)?.cause ?? { state: 'lost', cause: clean(lastLine(said) || otherwise, 500) }

/** Whether ssh says that the server refused all that there was to log in with. */
export const isLoginRefused = (said: string): boolean => readLines(said, '')?.rule.isLogin === true

/** Why no channel was opened, from what the ssh said that asked for it. */
export const causeOfChannel = (said: string, host: string): Cause => {
  const lines = linesOf(said)
  for (const rule of channelRefusals)
    for (const line of lines) {
      const cause = readBy(rule, line, lines, host)
      if (cause !== undefined) return cause
    }
  const why = lastLine(said) || 'no reason given'
  return { state: 'no-data', cause: clean(`${host} does not open another channel: ${why}`, 500) }
}
