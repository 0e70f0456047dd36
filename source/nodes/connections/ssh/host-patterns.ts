import type { Line } from 'ssh-config'
import { isBlock, wordsOf } from './config-files.ts'
import { isConcrete, matchesPattern } from './patterns.ts'

/** The hosts that an argument names, or what is wrong with it: one sentence each. */
export type HostList = { readonly hosts: readonly string[] } | { readonly problems: readonly string[] }

/** The names in Host lines that stand for one host each, in the order of the files. */
export const concreteHosts = (config: readonly Line[]): readonly string[] => [
  ...new Set(
    config.filter(isBlock).flatMap((block) => {
      const own = /^host$/i.test(block.param) ? wordsOf(block).flatMap((word) => word.split(/\s+/)) : []
      return [...own.filter((name) => name !== '' && isConcrete(name)), ...concreteHosts(block.config)]
    }),
  ),
]

const expanded = (entry: string, known: readonly string[]): readonly string[] =>
  isConcrete(entry) ? [entry] : known.filter((name) => matchesPattern(name, entry))

/**
 * Expands `n1,web*,!web9`: names as they are, patterns to the names that the ssh configuration knows, `!` takes away. `known`
 * is asked only where there is a pattern. A part that matches nothing is a problem: it is a slip of the hand.
 */
export const expandHosts = async (argument: string, known: () => Promise<readonly string[]>): Promise<HostList> => {
  const entries = argument
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
  const wanted = entries.filter((entry) => !entry.startsWith('!'))
  if (wanted.length === 0) return { problems: ['no host is named'] }
  const names = wanted.every(isConcrete) ? [] : await known()
  const found = wanted.map((entry) => ({ entry, hosts: expanded(entry, names) }))
  const hosts = [...new Set(found.flatMap((one) => one.hosts))]
  const unwanted = entries.filter((entry) => entry.startsWith('!')).map((entry) => entry.slice(1))
  const problems = [
    ...found
      .filter((one) => one.hosts.length === 0)
      .map(({ entry }) => `${entry} matches no Host of the ssh configuration`),
    ...unwanted
      .filter((pattern) => !hosts.some((host) => matchesPattern(host, pattern)))
      .map((pattern) => `!${pattern} takes away none of the hosts`),
  ]
  const left = hosts.filter((host) => !unwanted.some((pattern) => matchesPattern(host, pattern)))
  if (problems.length > 0) return { problems }
  return left.length === 0 ? { problems: ['no host is left'] } : { hosts: left }
}
