import { type Clean, clean } from '../../../text/clean.ts'
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

/** What happened alone is `said`; with what to do about it, `cause`. */
interface Read {
  readonly rule: Refusal
  readonly said: Clean
  readonly cause: Cause
}

/** How a line is read by a rule; undefined: it is not. */
const readBy = (rule: Refusal, line: string, lines: readonly string[], host: string): Read | undefined => {
  const own = groupsIn([line], rule.when)
  if (own === undefined) return undefined
  const beside = (rule.beside ?? []).map((pattern) => groupsIn(lines, pattern))
  if (beside.includes(undefined)) return undefined
  const groups = [...beside.flatMap((found) => found ?? []), ...own]
  const said = clean(filled(rule.cause, host, groups), 500)
  const cause = clean(filled(`${rule.cause}; ${rule.todo}`, host, groups), 500)
  return { rule, said, cause: { ...{ state: rule.state, cause }, ...(rule.unreached && { unreached: true }) } }
}

const readLines = (said: string, host: string): Read | undefined => {
  const lines = linesOf(said)
  for (const line of lines)
    for (const rule of refusals) {
      const read = readBy(rule, line, lines, host)
      if (read !== undefined) return read
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

/** How the server refused all that there was to log in with; what it said is without what to do about it. */
export interface RefusedLogin {
  readonly said: Clean
  readonly helps: NonNullable<Refusal['login']>
}

/** What ssh says of a server that let nobody in; undefined: it says something else. */
export const refusedLogin = (text: string, host: string): RefusedLogin | undefined => {
  const read = readLines(text, host)
  return read?.rule.login === undefined ? undefined : { said: read.said, helps: read.rule.login }
}

/** Why no channel was opened, from what the ssh said that asked for it. */
export const causeOfChannel = (said: string, host: string): Cause => {
  const lines = linesOf(said)
  for (const rule of channelRefusals)
    for (const line of lines) {
      const read = readBy(rule, line, lines, host)
      if (read !== undefined) return read.cause
    }
  const why = lastLine(said) || 'no reason given'
  return { state: 'no-data', cause: clean(`${host} does not open another channel: ${why}`, 500) }
}
