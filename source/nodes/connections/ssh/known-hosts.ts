import { type HostKey, keyTypeOf } from './host-key.ts'
import type { KnownHostsEntry, KnownHostsFile } from './known-hosts-file.ts'
import { foldName } from './patterns.ts'

/** Who a key is checked for: always the target itself, never the bastion before it. */
export interface HostIdentity {
  /** What is connected to: the HostName of the configuration. */
  readonly hostName: string
  readonly port: number
  /** HostKeyAlias; it stands for name and port. */
  readonly hostKeyAlias?: string | undefined
}

/** A line of a file. */
export interface Place {
  readonly file: string
  /** From 1. */
  readonly line: number
}

/**
 * What the known_hosts files say about a key that a host shows. `changed` is also a host of which only a key of another
 * type is known: OpenSSH refuses it too, under `accept-new` as well, since whoever stands between could offer just that.
 */
export type HostKeyAnswer =
  | { readonly kind: 'known'; readonly place: Place }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'changed'; readonly place: Place; readonly knownType: string }
  | { readonly kind: 'revoked'; readonly place: Place }
  | { readonly kind: 'needs-openssh'; readonly place: Place }

interface Found extends Place, KnownHostsEntry {}

const defaultPort = 22

/** The name that a host's key is kept under: the alias, the host, or `[host]:port`; folded. */
export const knownName = ({ hostName, port, hostKeyAlias }: HostIdentity): string =>
  foldName(hostKeyAlias ?? (port === defaultPort ? hostName : `[${hostName}]:${port}`))

/** The lines that name a host, in the order of the files; `name` is folded. */
const linesFor = (files: readonly KnownHostsFile[], name: string): readonly Found[] =>
  files.flatMap((file) => file.linesFor(name).map((entry) => ({ ...entry, file: file.path })))

/** The name itself and, for a port of its own and no alias, the bare one that OpenSSH asks when the first says nothing. */
const namesOf = (host: HostIdentity): readonly [string, string | undefined] => {
  const name = knownName(host)
  const bare = foldName(host.hostName)
  return [name, host.hostKeyAlias === undefined && bare !== name ? bare : undefined]
}

const place = ({ file, line }: Place): Place => ({ file, line })

const judge = (lines: readonly Found[], blob: Buffer): HostKeyAnswer => {
  const revoked = lines.find(({ marker, key }) => marker === 'revoked' && key.blob.equals(blob))
  if (revoked !== undefined) return { kind: 'revoked', place: place(revoked) }
  const keys = lines.filter(({ marker }) => marker === 'host-key')
  const same = keys.find(({ key }) => key.blob.equals(blob))
  if (same !== undefined) return { kind: 'known', place: place(same) }
  // With an authority OpenSSH asks for a certificate, which may well be good beside an old plain key.
  const authority = lines.find(({ marker }) => marker === 'cert-authority')
  if (authority !== undefined) return { kind: 'needs-openssh', place: place(authority) }
  const other = keys.at(-1)
  if (other === undefined) return { kind: 'unknown' }
  return { kind: 'changed', place: place(other), knownType: other.key.type }
}

/**
 * What the files say about a key, as check_host_key() of OpenSSH's sshconnect.c has it (CheckHostIP off, its default): where
 * nothing stands for `[host]:port` the bare host is asked, and a key known there is known. One difference: a key that is
 * revoked there is `revoked` and not merely unknown.
 */
export const lookup = (files: readonly KnownHostsFile[], host: HostIdentity, blob: Buffer): HostKeyAnswer => {
  const [name, bare] = namesOf(host)
  const first = judge(linesFor(files, name), blob)
  if (first.kind !== 'unknown' || bare === undefined) return first
  const second = judge(linesFor(files, bare), blob)
  return second.kind === 'changed' ? first : second
}

/** What is known of a host before it is contacted. */
export interface KnownKeys {
  /** Types of key, each once. */
  readonly types: readonly HostKey['type'][]
  /** A `@cert-authority` line that covers the host: its certificate can only be checked by the system's ssh. */
  readonly authority: Place | undefined
}

/** What is known under this name alone. */
const knownUnder = (files: readonly KnownHostsFile[], name: string): KnownKeys => {
  const lines = linesFor(files, name)
  const authority = lines.find(({ marker }) => marker === 'cert-authority')
  return {
    types: [...new Set(lines.filter(({ marker }) => marker === 'host-key').map(({ key }) => key.type))],
    authority: authority && place(authority),
  }
}

export const knownKeys = (files: readonly KnownHostsFile[], host: HostIdentity): KnownKeys => {
  const [name, bare] = namesOf(host)
  const first = knownUnder(files, name)
  return bare === undefined || first.types.length > 0 || first.authority !== undefined ? first : knownUnder(files, bare)
}

/**
 * A HostKeyAlias with which OpenSSH finds and judges the same keys as without it; undefined: there is none. It takes an alias as
 * it stands, so `[host]:port` is one (get_hostfile_hostname_ipaddr() of its sshconnect.c). What it does not do with an alias: ask
 * for the bare host besides, and take a certificate for that.
 */
export const sameAlias = (files: readonly KnownHostsFile[], host: HostIdentity): string | undefined => {
  const [name, bare] = namesOf(host)
  if (bare === undefined) return host.hostKeyAlias ?? name
  const [first, second] = [knownUnder(files, name), knownUnder(files, bare)]
  if (first.authority !== undefined || second.authority !== undefined) return undefined
  return first.types.length === 0 && second.types.length > 0 ? undefined : name
}

/**
 * Host key algorithms with those of known types first, so that a host is not asked for a key that nobody knows; the order is
 * kept otherwise.
 */
export const knownFirst = (algorithms: readonly string[], types: readonly string[]): readonly string[] => {
  const isKnown = (algorithm: string): boolean => types.includes(keyTypeOf(algorithm))
  return [...algorithms.filter(isKnown), ...algorithms.filter((algorithm) => !isKnown(algorithm))]
}
