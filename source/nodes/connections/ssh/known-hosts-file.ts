import { type HashedName, hashMatcher, readHashedName } from './hashed-name.ts'
import { type HostKey, readHostKey } from './host-key.ts'
import { foldName, matchesHostList } from './patterns.ts'

/** What a line says about its key: it is a host's, it is never to be trusted, or it signs the keys of hosts. */
export type Marker = 'host-key' | 'revoked' | 'cert-authority'

/** One usable line of a known_hosts. */
export interface KnownHostsEntry {
  /** From 1. */
  readonly line: number
  readonly marker: Marker
  readonly key: HostKey
}

/** A known_hosts, read once and looked up often. */
export interface KnownHostsFile {
  readonly path: string
  /** Lines that are neither a comment nor usable; OpenSSH skips them too. */
  readonly badLines: number
  /** The lines that name a host, in their order; the name is folded. */
  linesFor(name: string): readonly KnownHostsEntry[]
}

const markers: Readonly<Record<string, Marker>> = { '@revoked': 'revoked', '@cert-authority': 'cert-authority' }

type Names =
  | { readonly kind: 'named'; readonly names: readonly string[] }
  | { readonly kind: 'hashed'; readonly name: HashedName }
  | { readonly kind: 'pattern'; readonly list: string }

const readNames = (text: string): Names | undefined => {
  if (text.startsWith('|')) {
    const name = readHashedName(text)
    return name === undefined ? undefined : { kind: 'hashed', name }
  }
  // A very long name spoils its whole list in OpenSSH: the patterns know.
  if (/[*?!]|[^,]{1023}/.test(text)) return { kind: 'pattern', list: text }
  return { kind: 'named', names: [...new Set(foldName(text).split(','))] }
}

interface Line {
  readonly names: Names
  readonly entry: KnownHostsEntry
}

/** The names and the entry of one line; undefined if it is malformed. */
const readLine = (
  text: string,
  line: number,
): { readonly names: Names; readonly entry: KnownHostsEntry } | undefined => {
  const words = text.split(/[ \t]+/)
  const marker = text.startsWith('@') ? markers[words.shift() ?? ''] : 'host-key'
  const [hosts, type, base64] = words
  if (marker === undefined || hosts === undefined || type === undefined || base64 === undefined) return undefined
  const names = readNames(hosts)
  const key = readHostKey(type, base64)
  return names === undefined || key === undefined ? undefined : { names, entry: { line, marker, key } }
}

/** The usable lines, and how many are not. */
const readLines = (content: string): { readonly lines: readonly Line[]; readonly badLines: number } => {
  const texts = content
    .split('\n')
    // For OpenSSH a line ends at a NUL, too.
    .map((raw, index) => ({ text: raw.replace(/\0.*$/s, '').replace(/^[ \t]+|[ \t\r]+$/g, ''), line: index + 1 }))
    .filter(({ text }) => text !== '' && !text.startsWith('#'))
  const lines = texts.map(({ text, line }) => readLine(text, line)).filter((line) => line !== undefined)
  return { lines, badLines: texts.length - lines.length }
}

/**
 * Reads a known_hosts, as sshd(8) describes it. A line has no limit of its own, as in OpenSSH: one that were skipped for its
 * length could be the one that revokes a key.
 */
export const parseKnownHosts = (path: string, content: string): KnownHostsFile => {
  const { lines, badLines } = readLines(content)
  const named = new Map<string, KnownHostsEntry[]>()
  for (const { names, entry } of lines) {
    if (names.kind !== 'named') continue
    for (const name of names.names) {
      const entries = named.get(name)
      if (entries === undefined) named.set(name, [entry])
      else entries.push(entry)
    }
  }
  const patterns = lines.flatMap(({ names, entry }) => (names.kind === 'pattern' ? [{ list: names.list, entry }] : []))
  let hashed = lines.flatMap(({ names, entry }) => (names.kind === 'hashed' ? [{ hash: names.name, entry }] : []))
  const answers = new Map<string, readonly KnownHostsEntry[]>()

  /** A hash stands for one name only: once that is found, nobody else has to compute it. */
  const takeHashed = (name: string): readonly KnownHostsEntry[] => {
    const matches = hashMatcher(name)
    const { yes = [], no = [] } = Object.groupBy(hashed, ({ hash }) => (matches(hash) ? 'yes' : 'no'))
    hashed = no
    return yes.map(({ entry }) => entry)
  }

  const find = (name: string): readonly KnownHostsEntry[] =>
    [
      ...(named.get(name) ?? []),
      ...takeHashed(name),
      ...patterns.filter(({ list }) => matchesHostList(name, list)).map(({ entry }) => entry),
    ].sort((a, b) => a.line - b.line)

  return {
    path,
    badLines,
    linesFor: (name) => {
      const entries = answers.get(name) ?? find(name)
      answers.set(name, entries)
      return entries
    },
  }
}
