import type { Socket } from '../../events/looks.ts'
import { clean } from '../../text/clean.ts'
import { decimal } from '../probes/decimal.ts'
import { addressOf, canonicalEnd, roundTrip } from '../probes/ss.ts'

/** A socket as the node told of it. `inode`: by which its holders name it; 0 where nobody holds it any more. */
export interface Told {
  readonly socket: Socket
  readonly inode: number
}

const states = /^(?:[A-Z]+-)*[A-Z]+(?:-[12])?$/
const addresses = /^[0-9a-f:.]{2,45}$|^\*$/

/** Address and port of an end; undefined where it is none. No port (`*`) is 0. */
export const endOf = (text: string): { readonly address: string; readonly port: number } | undefined => {
  const end = canonicalEnd(text)
  const address = addressOf(end)
  const port = end.slice(address.length + 1)
  if (!addresses.test(address)) return undefined
  if (port === '*') return { address, port: 0 }
  return /^\d{1,5}$/.test(port) && Number(port) < 65_536 ? { address, port: Number(port) } : undefined
}

const queue = /^\d{1,10}$/

const socketOf = (words: readonly string[]): Socket | undefined => {
  const [protocol, state = '', receive = '', send = '', local = '', peer = ''] = words
  if ((protocol !== 'tcp' && protocol !== 'udp') || !states.test(state)) return undefined
  if (!queue.test(receive) || !queue.test(send)) return undefined
  const [from, to] = [endOf(local), endOf(peer)]
  if (from === undefined || to === undefined) return undefined
  return {
    protocol,
    state: clean(state, 16),
    localAddress: clean(from.address),
    localPort: from.port,
    peerAddress: clean(to.address),
    peerPort: to.port,
    receiveQueue: Number(receive),
    sendQueue: Number(send),
  }
}

/** The words of a socket that are asked for, by their names; the last one holds. */
type Words = Map<string, string>

const known = new Set(['rtt', 'minrtt', 'retrans', 'bytes_sent', 'bytes_acked', 'bytes_received', 'cwnd', 'ino'])

const gather = (words: Words, parts: readonly string[]): void => {
  for (const part of parts) {
    const colon = part.indexOf(':')
    const name = part.slice(0, colon)
    if (known.has(name)) words.set(name, part.slice(colon + 1))
  }
}

const count = (text: string | undefined): number | undefined => {
  const value = decimal(text)
  return value >= 0 ? value : undefined
}

/** `now/total` of segments sent again; ss writes it only where the total is above 0 (tcp_stats_print in misc/ss.c). */
const retransmits = (text = '0/0'): number | undefined => count(text.slice(text.indexOf('/') + 1))

const time = (text: string | undefined): number | undefined => {
  const value = roundTrip(decimal(text?.split('/')[0]))
  return Number.isNaN(value) ? undefined : value
}

/** What a kernel tells of bytes at all: ss leaves a counter of 0 out, so that one socket cannot say. */
interface Tells {
  /** What was sent, or before kernel 4.19 only what was acknowledged; that includes one for the opening of the connection. */
  readonly sent: 'bytes_sent' | 'bytes_acked' | undefined
  readonly received: boolean
}

const withInfo = (socket: Socket, words: Words, tells: Tells): Socket => {
  // It tells the congestion window of every TCP socket that has its info; one that listens has sent nothing yet.
  if (socket.protocol !== 'tcp' || socket.state === 'LISTEN' || !words.has('cwnd')) return socket
  const rtt = time(words.get('rtt'))
  const leastRtt = time(words.get('minrtt'))
  const again = retransmits(words.get('retrans'))
  const sent = tells.sent && count(words.get(tells.sent) ?? '0')
  const received = count(words.get('bytes_received') ?? (tells.received ? '0' : undefined))
  return {
    ...socket,
    ...(rtt === undefined ? {} : { rtt }),
    ...(leastRtt === undefined ? {} : { leastRtt }),
    ...(again === undefined ? {} : { retransmits: again }),
    ...(sent === undefined ? {} : { bytesSent: sent }),
    ...(received === undefined ? {} : { bytesReceived: received }),
  }
}

/**
 * The sockets that `ss -tuan` wrote, with `-i` or without, whole or reduced to the words that are asked for. A socket is a
 * line that begins with its protocol, and all lines up to the next one. Names of processes must not be in it: they may hold
 * anything.
 */
export const toldBySs = (lines: readonly string[]): readonly Told[] => {
  const open: { readonly socket: Socket; readonly words: Words }[] = []
  let words: Words = new Map()
  for (const line of lines) {
    const parts = line.split(/\s+/).filter((part) => part !== '')
    if (line.startsWith('tcp ') || line.startsWith('udp ')) {
      words = new Map()
      const socket = socketOf(parts)
      if (socket !== undefined) open.push({ socket, words })
      gather(words, parts.slice(6))
    } else gather(words, parts)
  }
  const tells = {
    sent: (['bytes_sent', 'bytes_acked'] as const).find((name) => open.some((one) => one.words.has(name))),
    received: open.some((one) => one.words.has('bytes_received')),
  }
  return open.map((one) => ({
    socket: withInfo(one.socket, one.words, tells),
    inode: count(one.words.get('ino')) ?? 0,
  }))
}
