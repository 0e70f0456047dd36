import { type Address, parseAddress } from '../../events/address.ts'
import type { TalkPartner } from '../../events/look-path.ts'
import type { Socket } from '../../events/looks.ts'

/** Partners that are told. */
const most = 30

/** The middle one of numbers; undefined of none. */
const median = (numbers: readonly number[]): number | undefined => {
  const sorted = numbers.toSorted((one, other) => one - other)
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return low === undefined || high === undefined ? undefined : (low + high) / 2
}

const numbersOf = (sockets: readonly Socket[], of: (socket: Socket) => number | undefined): readonly number[] =>
  sockets.flatMap((socket) => of(socket) ?? [])

const partnerOf = (address: Address, port: number, sockets: readonly Socket[]): TalkPartner => {
  const rtt = median(numbersOf(sockets, (socket) => socket.rtt))
  const least = numbersOf(sockets, (socket) => socket.leastRtt)
  const again = numbersOf(sockets, (socket) => socket.retransmits)
  return {
    address,
    port,
    sockets: sockets.length,
    over: sockets.filter(({ state }) => state === 'TIME-WAIT').length,
    opening: sockets.filter(({ state }) => state === 'SYN-SENT').length,
    ...(rtt === undefined ? {} : { rtt }),
    ...(least.length === 0 ? {} : { leastRtt: Math.min(...least) }),
    ...(again.length === 0 ? {} : { retransmits: again.reduce((sum, one) => sum + one, 0) }),
    sendQueue: sockets.reduce((sum, { sendQueue }) => sum + sendQueue, 0),
  }
}

const ofItself = /^(127\.|::1$|0\.0\.0\.0$|::$)/

/** States in which two ends talk, try to, or have talked. */
const talking: ReadonlySet<string> = new Set([
  'ESTAB',
  'SYN-SENT',
  'CLOSE-WAIT',
  'FIN-WAIT-1',
  'FIN-WAIT-2',
  'TIME-WAIT',
])

/**
 * Whom somebody talks to, most sockets first: the TCP sockets by the address and port that they were opened to. Those that were
 * accepted on a port that listens are of whoever opened them; they count by address alone, port 0.
 */
export const partnersOf = (
  sockets: readonly Socket[],
  listening: ReadonlySet<number>,
): { readonly partners: readonly TalkPartner[]; readonly beyond: number } => {
  const groups = new Map<string, { readonly address: Address; readonly port: number; readonly sockets: Socket[] }>()
  for (const socket of sockets) {
    const address = parseAddress(socket.peerAddress)
    if (socket.protocol !== 'tcp' || address === undefined || ofItself.test(address)) continue
    if (!talking.has(socket.state)) continue
    const port = listening.has(socket.localPort) ? 0 : socket.peerPort
    const key = `${address} ${port}`
    const group = groups.get(key) ?? { address, port, sockets: [] }
    groups.set(key, group)
    group.sockets.push(socket)
  }
  const partners = [...groups.values()]
    .map((group) => partnerOf(group.address, group.port, group.sockets))
    .sort(
      (one, other) => other.sockets - one.sockets || (one.address < other.address ? -1 : 1) || one.port - other.port,
    )
  return { partners: partners.slice(0, most), beyond: Math.max(0, partners.length - most) }
}
