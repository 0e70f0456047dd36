import { clean } from '../../../text/clean.ts'
import { ConnectionError } from '../connection.ts'

interface Refusal {
  readonly when: (name: string) => boolean
  readonly cause: string
}

/** Names that never reach ssh, and what to write instead. */
const refusals: readonly Refusal[] = [
  { when: (name) => name === '', cause: 'the host name is empty' },
  { when: (name) => name.length > 255, cause: 'the host name is longer than 255 characters' },
  { when: (name) => name.startsWith('-'), cause: 'a host name must not begin with -, which ssh takes for an option' },
  {
    when: (name) => name.includes('://'),
    cause: 'a URL is no host name: write the host alone, with User and Port in the ssh configuration',
  },
  {
    when: (name) => name.includes('@'),
    cause: 'a host name holds no user: write the host alone, with User in the ssh configuration',
  },
  {
    when: (name) => /^[^:]*:\d+$|^\[.*\]:\d+$/.test(name),
    cause: 'a host name holds no port: write the host alone, with Port in the ssh configuration',
  },
  { when: (name) => /[\s\p{Cc}]/u.test(name), cause: 'a host name holds no spaces and no control characters' },
  { when: (name) => clean(name, 256) !== name, cause: 'the host name holds characters that cannot be seen' },
  // Those that OpenSSH refuses itself, and those that are no name but a list or a pattern.
  {
    when: (name) => /['"`$\\;&<>|(){},*?!]/.test(name),
    cause: 'a host name holds no quotes, wildcards, commas or other characters that mean something to a shell',
  },
]

/** Why a name cannot be a host's, and what to write instead; undefined: it can. */
export const hostNameProblem = (name: string): string | undefined => refusals.find(({ when }) => when(name))?.cause

/** Throws a {@link ConnectionError} for a name that must not reach ssh. */
export const refuseBadHostName = (name: string): void => {
  const problem = hostNameProblem(name)
  if (problem !== undefined) throw new ConnectionError({ state: 'denied', cause: clean(problem), again: 'asked' })
}
