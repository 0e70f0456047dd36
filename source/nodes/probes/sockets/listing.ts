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

const [blank, comma, zero, nine, letterA, letterF] = [32, 44, 48, 57, 97, 102]

/** A part of a line as a number of at most eight hexadecimal digits, 0 for anything else. */
const hexIn = (line: string, from: number, to: number): number => {
  if (to - from > 8) return 0
  let number = 0
  for (let at = from; at < to; at += 1) {
    const code = line.charCodeAt(at)
    if (code >= zero && code <= nine) number = number * 16 + code - zero
    else if (code >= letterA && code <= letterF) number = number * 16 + code - letterA + 10
    else return 0
  }
  return number
}

/** Where a part of a line ends, at this character or at `to`. */
const partEnd = (line: string, from: number, mark: number, to: number): number => {
  let end = from
  while (end < to && line.charCodeAt(end) !== mark) end += 1
  return end
}

/** Words from there on. */
const itemsFrom = (line: string, from: number): number => {
  if (from > line.length) return 0
  let count = 1
  for (let at = line.indexOf(' ', from); at >= 0; at = line.indexOf(' ', at + 1)) count += 1
  return count
}

const roles = { c: 'client', s: 'server', o: 'other' } as const

/** `c END BEHIND LEAST INODE,ROUNDTRIP,AGAIN ...`, all hexadecimal, an inode as what it is above the one before. */
const groupOf = (line: string): ListedGroup | undefined => {
  const [letter = '', at = '', by = '', floor = ''] = line.split(' ', 4)
  const role = roles[letter as keyof typeof roles]
  const end = endOf(at)
  if (role === undefined || (role === 'other') !== (end === undefined)) return undefined
  let from = letter.length + at.length + by.length + floor.length + 4
  const items = itemsFrom(line, from)
  const inodes = new Uint32Array(items)
  const roundTrips = new Uint32Array(items)
  const again = new Uint32Array(items)
  let inode = 0
  for (let index = 0; index < items; index += 1) {
    const to = partEnd(line, from, blank, line.length)
    const above = partEnd(line, from, comma, to)
    const took = partEnd(line, above + 1, comma, to)
    inode += hexIn(line, from, above)
    inodes[index] = inode
    roundTrips[index] = hexIn(line, above + 1, took)
    again[index] = hexIn(line, took + 1, partEnd(line, took + 1, comma, to))
    from = to + 1
  }
  const least = hexIn(floor, 0, floor.length)
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
