import type { NetworkInterface, Traffic } from '../../events/looks.ts'
import { clean } from '../../text/clean.ts'
import { type ByteOrder, ipv4Bytes, ipv6FromKernel, maskLength } from './kernel-addresses.ts'

const wordsOf = (line: string): readonly string[] => line.trim().split(/\s+/)

/** A range that lies on a link, by a line of `/proc/PID/net/route`. */
interface Link {
  readonly device: string
  readonly bits: string
  readonly length: number
}

const bitsOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('')

const linkFrom = (line: string, order: ByteOrder): readonly Link[] => {
  const [device = '', to = '', via, , , , , mask = ''] = wordsOf(line)
  const [bytes, length] = [ipv4Bytes(to, order), maskLength(mask, order)]
  const isOnLink = via === '00000000' && device !== '*'
  return bytes === undefined || length === undefined || length === 0 || !isOnLink
    ? []
    : [{ device, bits: bitsOf(bytes), length }]
}

/** Own addresses of IPv4 by `/proc/PID/net/fib_trie`: a leaf, and under it that it is local. It has each twice. */
const addressesIn = (lines: readonly string[]): readonly string[] => {
  let leaf: string | undefined
  const found = new Set<string>()
  for (const line of lines) {
    const [first, second, third] = wordsOf(line)
    if (first === '|--') leaf = second
    else if (leaf !== undefined && first === '/32' && second === 'host' && third === 'LOCAL') found.add(leaf)
  }
  return [...found]
}

/** What the files of a namespace tell of its addresses: on which interface, and with which length where that is known. */
export interface Addresses {
  readonly on: ReadonlyMap<string, readonly string[]>
  /** Whose interface they do not tell. */
  readonly nowhere: readonly string[]
  readonly index: ReadonlyMap<string, number>
}

/**
 * Addresses with their interfaces, by the lines of `route`, `if_inet6` and `fib_trie`. Which interface has an address of IPv4
 * no file tells: it is the one on whose link it lies, or the only one beside lo.
 */
export const addressesFrom = (lines: readonly string[], names: readonly string[], order: ByteOrder): Addresses => {
  const links = lines.flatMap((line) => linkFrom(line, order)).toSorted((one, other) => other.length - one.length)
  const others = names.filter((name) => name !== 'lo')
  const on = new Map<string, readonly string[]>()
  const index = new Map<string, number>()
  const nowhere: string[] = []
  const put = (name: string, address: string): void => void on.set(name, [...(on.get(name) ?? []), address])

  for (const address of addressesIn(lines)) {
    const bits = bitsOf(Uint8Array.from(address.split('.'), Number))
    const link = links.find(({ bits: range, length }) => range.slice(0, length) === bits.slice(0, length))
    const [only] = others
    if (address.startsWith('127.')) put('lo', `${address}/8`)
    else if (link !== undefined) put(link.device, `${address}/${link.length}`)
    else if (only !== undefined && others.length === 1) put(only, `${address}/32`)
    else nowhere.push(address)
  }
  for (const line of lines) {
    const [hex = '', number = '', length = '', , , name] = wordsOf(line)
    const address = ipv6FromKernel(hex)
    if (address === undefined || name === undefined || wordsOf(line).length !== 6) continue
    put(name, `${address}/${Number.parseInt(length, 16)}`)
    index.set(name, Number.parseInt(number, 16))
  }
  return { on, nowhere, index }
}

const traffic = (numbers: readonly number[]): Traffic => {
  const [bytes = 0, packets = 0, errors = 0, drops = 0] = numbers
  return { bytes, packets, errors, drops }
}

/** Name and counters of a line of `/proc/PID/net/dev`; nothing for its heading. */
export const countersFrom = (line: string): readonly Pick<NetworkInterface, 'name' | 'received' | 'sent'>[] => {
  const [, name, rest = ''] = /^\s*([^\s:|]+):\s*(\d[\d\s]*)$/.exec(line) ?? []
  const numbers = wordsOf(rest).map(Number)
  if (name === undefined || numbers.length < 12) return []
  return [{ name: clean(name), received: traffic(numbers), sent: traffic(numbers.slice(8)) }]
}
