import type { Socket } from '../../events/looks.ts'

/** Another socket may have the same ends, and a counter above that of the one before: its inode tells them apart. */
const keyOf = ({ protocol, localAddress, localPort, peerAddress, peerPort, inode = 0 }: Socket): string =>
  `${protocol} ${localAddress} ${localPort} ${peerAddress} ${peerPort} ${inode}`

const rate = (now: number | undefined, before: number | undefined, seconds: number): number | undefined =>
  now === undefined || before === undefined ? undefined : (now - before) / seconds

/** The same sockets with what they did in a second since the look before, where both looks tell the counter. */
export const withRates = (
  sockets: readonly Socket[],
  before: readonly Socket[],
  seconds: number,
): readonly Socket[] => {
  if (!(seconds > 0)) return sockets
  const known = new Map(before.map((socket) => [keyOf(socket), socket]))
  return sockets.map((socket) => {
    const last = known.get(keyOf(socket))
    if (last === undefined) return socket
    const sent = rate(socket.bytesSent, last.bytesSent, seconds)
    const received = rate(socket.bytesReceived, last.bytesReceived, seconds)
    const again = rate(socket.retransmits, last.retransmits, seconds)
    // A counter of a connection never goes back: another one has the same ends now.
    if ([sent, received, again].some((value) => value !== undefined && value < 0)) return socket
    return {
      ...socket,
      ...(sent === undefined ? {} : { sentPerSecond: sent }),
      ...(received === undefined ? {} : { receivedPerSecond: received }),
      ...(again === undefined ? {} : { retransmitsPerSecond: again }),
    }
  })
}
