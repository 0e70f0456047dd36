import { type Address, parseAddress } from '../../../events/address.ts'
import type { Behind, End } from '../../../events/sockets.ts'
import { ipv4Text, ipv6Text } from '../../address.ts'

/** Sockets of a group as the program tells them; the arrays run parallel, by rising inode. */
export interface ListedGroup {
  readonly role: 'client' | 'server' | 'other'
  /** Whom clients connected to, or where servers accepted; undefined of others. */
  readonly end: End | undefined
  readonly behind: Behind
  /** Microseconds; NaN: not told. */
  readonly least: number
  /** The number of each socket's inode, 0 where it has none: unique among sockets that live. */
  readonly inodes: Uint32Array
  /** Microseconds; 0: not of now. */
  readonly roundTrips: Uint32Array
  /** Segments sent again since it was opened. */
  readonly again: Uint32Array
}

export interface SocketListing {
  readonly namespaces: { readonly read: number; readonly of: number }
  /** Sockets that were read, those to loopback left out, and such that were not. */
  readonly told: number
  readonly left: number
  readonly tracked: boolean
  /** Sockets whose answerer was not asked for, since there were too many. */
  readonly unasked: number
  readonly groups: readonly ListedGroup[]
}

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))

/** An end as the program writes it: the bytes of the address and of the port. */
export const endOf = (hex: string): End | undefined => {
  if (!/^(?:[0-9a-f]{12}|[0-9a-f]{36})$/.test(hex)) return undefined
  const bytes = bytesOf(hex)
  const size = bytes.length - 2
  const text = size === 4 ? ipv4Text(bytes, 0) : ipv6Text(bytes, 0)
  const address: Address | undefined = parseAddress(text)
  if (address === undefined) return undefined
  return { address, port: ((bytes[size] ?? 0) << 8) | (bytes[size + 1] ?? 0) }
}

const behindOf = (word: string): Behind =>
  word === '=' ? 'addressed' : word === '?' ? 'unknown' : (endOf(word) ?? 'unknown')

const number = (hex: string | undefined): number =>
  hex !== undefined && /^[0-9a-f]{1,8}$/.test(hex) ? Number.parseInt(hex, 16) : 0

const roles = { c: 'client', s: 'server', o: 'other' } as const

/** `c END BEHIND LEAST INODE,ROUNDTRIP,AGAIN ...`, all hexadecimal, an inode as what it is above the one before. */
const groupOf = (line: string): ListedGroup | undefined => {
  const [letter = '', at = '', by = '', floor = '', ...items] = line.split(' ')
  const role = roles[letter as keyof typeof roles]
  const end = endOf(at)
  if (role === undefined || (role === 'other') !== (end === undefined)) return undefined
  const inodes = new Uint32Array(items.length)
  const roundTrips = new Uint32Array(items.length)
  const again = new Uint32Array(items.length)
  let inode = 0
  items.forEach((item, index) => {
    const [above, took, repeated] = item.split(',')
    inode += number(above)
    inodes[index] = inode
    roundTrips[index] = number(took)
    again[index] = number(repeated)
  })
  const least = number(floor)
  return { role, end, behind: behindOf(by), least: least > 0 ? least : Number.NaN, inodes, roundTrips, again }
}

const counts = (line: string | undefined, pattern: RegExp): readonly number[] | undefined =>
  pattern
    .exec(line ?? '')
    ?.slice(1)
    .map(Number)

/** What one run said; a text: why it can say nothing; undefined: it broke off. */
export const parseSockets = (text: string): SocketListing | string | undefined => {
  const lines = text.split('\n')
  const refused = lines.find((line) => line.startsWith('refused '))
  if (refused !== undefined) return refused.slice('refused '.length)
  const first = lines.findIndex((line) => line.startsWith('namespaces '))
  const end = lines.indexOf('end', first)
  if (first < 0 || end < first + 3) return undefined
  const spaces = counts(lines[first], /^namespaces (\d{1,9}) (\d{1,9})$/)
  const sockets = counts(lines[first + 1], /^sockets (\d{1,9}) (\d{1,9})$/)
  const questions = counts(lines[first + 2], /^asked (?:yes|no) (\d{1,9}) (\d{1,9})$/)
  if (spaces === undefined || sockets === undefined || questions === undefined) return undefined
  return {
    namespaces: { read: spaces[0] ?? 0, of: spaces[1] ?? 0 },
    told: sockets[0] ?? 0,
    left: sockets[1] ?? 0,
    tracked: lines[first + 2]?.startsWith('asked yes ') === true,
    unasked: questions[1] ?? 0,
    groups: lines.slice(first + 3, end).flatMap((line) => groupOf(line) ?? []),
  }
}
