import { isIP } from 'node:net'
import type { ResolverLook } from '../../events/looks.ts'
import { clean } from '../../text/clean.ts'

export type Resolver = Pick<
  ResolverLook,
  'servers' | 'searches' | 'ndots' | 'timeout' | 'attempts' | 'options' | 'notes'
>

// MAXNS, and of glibc RES_MAXNDOTS, RES_MAXRETRANS, RES_MAXRETRY (resolv.h, resolv/resolv-internal.h). musl has the same three
// servers and 15 dots, and takes up to 60 s and 10 rounds.
const mostServers = 3
const most = { ndots: 15, timeout: 30, attempts: 5 } as const
const first = { ndots: 1, timeout: 5, attempts: 2 } as const

/** Characters of all search domains together that musl takes; more, and it takes none of them (resolvconf.c). */
const mostSearched = 255

interface Line {
  readonly keyword: string
  readonly words: readonly string[]
}

/** A keyword begins its line and ends with a blank; all else is no setting, such as a comment (`#`, `;`). */
const lineOf = (line: string): Line | undefined => {
  const [, keyword, rest = ''] =
    /^(nameserver|search|domain|options)[ \t](.*)$/.exec(line.replace(/(?<!\r)\r+$/, '')) ?? []
  return keyword === undefined ? undefined : { keyword, words: rest.split(/[ \t]+/).filter((word) => word !== '') }
}

/** An address as a resolver takes it, with its scope. */
const isServer = (word: string): boolean => isIP(word.split('%', 1)[0] ?? '') > 0

/** `NAME:N` of the options, the last one; at most what a resolver takes. */
const setting = (options: readonly string[], name: keyof typeof most): number => {
  const values = options.flatMap((option) => {
    const digits = option.startsWith(`${name}:`) ? /^\d+/.exec(option.slice(name.length + 1))?.[0] : undefined
    return digits === undefined ? [] : [Number(digits)]
  })
  return Math.min(values.at(-1) ?? first[name], most[name])
}

/** The last line of them that says something. */
const searchesOf = (lines: readonly Line[]): readonly string[] => {
  const last = lines.findLast(({ keyword, words }) => /^(search|domain)$/.test(keyword) && words.length > 0)
  return last === undefined ? [] : last.keyword === 'domain' ? last.words.slice(0, 1) : last.words
}

const notesOf = (raw: readonly string[], lines: readonly Line[], servers: readonly string[]): readonly string[] => {
  const searching = lines.filter(({ keyword, words }) => /^(search|domain)$/.test(keyword) && words.length > 0)
  const searched = searchesOf(lines).join(' ').length
  const notes = [
    servers.length === 0 && 'no name server is named: a resolver asks 127.0.0.1',
    servers.length > mostServers && `${servers.length} name servers: only the first three are ever asked`,
    searching.length > 1 && 'more than one line of search or domain: only the last one counts',
    searched > mostSearched &&
      `search domains of ${searched} characters: musl (Alpine) takes none of more than ${mostSearched}`,
    raw.some((line) => line.endsWith('\r')) &&
      'lines end with a carriage return: glibc takes it for a part of addresses and names, and asks none of these servers',
  ]
  return notes.filter((note) => note !== false)
}

/**
 * What a resolv.conf sets, by the rules of glibc (`res_vinit_1` in resolv/res_init.c), which musl mostly shares. A carriage
 * return is left out and noted. `timeout` in seconds. Environment variables of a process may say otherwise.
 */
export const resolverOf = (raw: readonly string[]): Resolver => {
  const lines = raw.map(lineOf).filter((line) => line !== undefined)
  const of = (wanted: string): readonly (readonly string[])[] =>
    lines.filter(({ keyword }) => keyword === wanted).map(({ words }) => words)
  const options = of('options').flat()
  const servers = of('nameserver').flatMap(([word = '']) => (isServer(word) ? [word] : []))
  return {
    servers: servers.slice(0, mostServers).map((server) => clean(server, 64)),
    searches: searchesOf(lines).map((domain) => clean(domain, 256)),
    ndots: setting(options, 'ndots'),
    timeout: setting(options, 'timeout'),
    attempts: setting(options, 'attempts'),
    options: options.map((option) => clean(option, 64)),
    notes: notesOf(raw, lines, servers).map((note) => clean(note)),
  }
}
