import { clean } from '../../../text/clean.ts'
import type { Cause } from '../connection.ts'
import { isChatter } from './reached-address.ts'
import { channelRefusals, type Refusal, refusals } from './refusal-rules.ts'

const filled = (cause: string, host: string, groups: readonly (string | undefined)[]): string =>
  cause.replaceAll(/\$(host|\d)/g, (_, name: string) => (name === 'host' ? host : (groups[Number(name) - 1] ?? '')))

/** How a line is read by a rule: the cause, or undefined. */
const readBy = (rule: Refusal, line: string, said: string, host: string): Cause | undefined => {
  const match = rule.when.exec(line)
  const beside = match === null ? null : rule.beside?.exec(said)
  if (match === null || beside === null) return undefined
  const groups = [...(beside?.slice(1) ?? []), ...match.slice(1)]
  const cause = clean(filled(`${rule.cause}; ${rule.todo}`, host, groups), 500)
  return { state: rule.state, cause, ...(rule.unreached === undefined ? {} : { unreached: rule.unreached }) }
}

interface Read {
  readonly rule: Refusal
  readonly cause: Cause
}

const readLines = (said: string, host: string): Read | undefined => {
  for (const line of said.split(/\r?\n/).toReversed())
    for (const rule of refusals) {
      const cause = readBy(rule, line, said, host)
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
  for (const rule of channelRefusals) {
    const cause = readBy(rule, said, said, host)
    if (cause !== undefined) return cause
  }
  const why = lastLine(said) || 'no reason given'
  return { state: 'no-data', cause: clean(`${host} does not open another channel: ${why}`, 500) }
}
