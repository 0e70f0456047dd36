import type { Socket } from '../../events/looks.ts'
import { clean } from '../../text/clean.ts'
import type { Told } from './socket-listing.ts'
import { addressText, hexBytes, socketState } from './socket-words.ts'

/** What one walk told; `isWhole`: the kernel's answer came to its end, else there are more than `all`. */
export interface Walked {
  readonly told: readonly Told[]
  readonly all: number
  readonly isWhole: boolean
}

const line =
  /^([tuTU]) (\d{1,3}) ([0-9a-f]{4})([0-9a-f]{4}) ([0-9a-f]{8}|[0-9a-f]{32}) ([0-9a-f]{8}|[0-9a-f]{32}) (\d{1,10}) (\d{1,10}) (\d{1,10})(?: (\d{1,5}) (\d{1,10}) (\d{1,10}) (\d{1,20}) (\d{1,20}) (\d{1,10}) (\d{1,20}))?$/

/** As ss has it: any address of IPv6 is `*` where the socket takes IPv4, too. */
const endOf = (hex: string, takesBoth: boolean): string => {
  const text = addressText(hexBytes(hex))
  return takesBoth && text === '::' ? '*' : text
}

const longest = 2 ** 32 - 1

/** Milliseconds of microseconds; 0 and the greatest number are what the kernel says where it has none. */
const milliseconds = (text: string | undefined): number | undefined => {
  const value = Number(text)
  return value > 0 && value < longest ? value / 1000 : undefined
}

/** From how many bytes of tcp_info on it has what stands there: bytes since 4.2, the least round-trip time since 4.6, bytes sent since 4.19. */
const [withBytes, withLeast, withSent] = [136, 152, 208] as const

/** What tcp_info says. Before bytes sent were counted only what was acknowledged is; that includes one for the opening. */
const infoOf = ([bytes, rtt, again, acked, received, least, sent]: readonly string[]): Partial<Socket> => {
  const size = Number(bytes)
  const [took, floor] = [milliseconds(rtt), size >= withLeast ? milliseconds(least) : undefined]
  return {
    ...(took === undefined ? {} : { rtt: took }),
    ...(floor === undefined ? {} : { leastRtt: floor }),
    retransmits: Number(again),
    ...(size >= withBytes
      ? { bytesSent: Number(size >= withSent ? sent : acked), bytesReceived: Number(received) }
      : {}),
  }
}

/** A line of the walk: who, in which state, what waits, its inode, and of a TCP socket the size of its tcp_info and what is in it. */
const toldOf = (text: string): Told | undefined => {
  const [, letter = '', state = '', localPort = '', peerPort = '', local = '', peer = '', ...numbers] =
    line.exec(text) ?? []
  const [receive, send, inode, ...info] = numbers
  if (letter === '' || local.length !== peer.length) return undefined
  const takesBoth = letter === letter.toLowerCase()
  const socket: Socket = {
    protocol: letter.toLowerCase() === 't' ? 'tcp' : 'udp',
    state: clean(socketState(Number(state))),
    localAddress: clean(endOf(local, takesBoth)),
    localPort: Number.parseInt(localPort, 16),
    peerAddress: clean(endOf(peer, takesBoth)),
    peerPort: Number.parseInt(peerPort, 16),
    receiveQueue: Number(receive),
    sendQueue: Number(send),
  }
  const hasInfo = info[0] !== undefined
  return { socket: hasInfo ? { ...socket, ...infoOf(info) } : socket, inode: Number(inode) }
}

/** What perl told of the sockets of a namespace; undefined where its end is missing. */
export const toldByWalk = (lines: readonly string[]): Walked | undefined => {
  const [, end, all] = /^(end|part) (\d{1,9})$/.exec(lines.at(-1) ?? '') ?? []
  if (end === undefined) return undefined
  return {
    told: lines.slice(0, -1).flatMap((each) => toldOf(each) ?? []),
    all: Number(all),
    isWhole: end === 'end',
  }
}
