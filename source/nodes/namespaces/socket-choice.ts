import type { Socket } from '../../events/looks.ts'

/** Sockets that are kept of one look, and those among them that wait for somebody. */
const most = 300
const mostWaiting = 100

/** Whether it has no other end: it listens, or takes datagrams of anybody. */
const isWaiting = ({ state, peerPort }: Socket): boolean => state === 'LISTEN' || peerPort === 0

/** What a person looks for first: what is lost now, what was lost, what waits; then what is alive, then what carried most. */
const measures: readonly ((socket: Socket) => number)[] = [
  ({ retransmitsPerSecond = 0 }) => retransmitsPerSecond,
  ({ retransmits = 0 }) => retransmits,
  ({ receiveQueue, sendQueue }) => receiveQueue + sendQueue,
  ({ state }) => (state === 'TIME-WAIT' ? 0 : 1),
  ({ bytesSent = 0, bytesReceived = 0 }) => bytesSent + bytesReceived,
]

const byTrouble = (one: Socket, other: Socket): number => {
  for (const measure of measures) {
    const difference = measure(other) - measure(one)
    if (difference !== 0) return difference
  }
  return 0
}

/** Those that are shown of all sockets: what listens, then the ones with most trouble, {@link most} at most. */
export const choose = (sockets: readonly Socket[]): readonly Socket[] => {
  const waiting = sockets.filter(isWaiting).slice(0, mostWaiting)
  const others = sockets.filter((socket) => !isWaiting(socket)).sort(byTrouble)
  return [...waiting, ...others.slice(0, most - waiting.length)]
}
