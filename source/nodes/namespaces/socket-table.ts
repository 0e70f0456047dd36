import type { Socket } from '../../events/looks.ts'
import { clean } from '../../text/clean.ts'
import type { ByteOrder } from './kernel-addresses.ts'
import type { Told } from './socket-listing.ts'
import { addressText, hexBytes, socketState } from './socket-words.ts'

/** The bytes of an address: the kernel prints it as words of 32 bits, each in the byte order of its processor. */
const bytesOf = (hex: string, order: ByteOrder): Uint8Array => {
  const bytes = hexBytes(hex)
  if (order === 'little') for (let at = 0; at < bytes.length; at += 4) bytes.subarray(at, at + 4).reverse()
  return bytes
}

const addressIn = (hex: string, order: ByteOrder): string => addressText(bytesOf(hex, order))

const row =
  /^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) ([0-9A-F]{2}) ([0-9A-F]{8}):([0-9A-F]{8}) \S+ \S+ +\d+ +\d+ (\d+)/

/**
 * The sockets of one of `/proc/PID/net/{tcp,tcp6,udp,udp6}`: who, in which state, and what waits. There is no time and no
 * count in it: its retransmits are those of the timer that runs now.
 */
export const toldByTable = (
  protocol: Socket['protocol'],
  lines: readonly string[],
  order: ByteOrder,
): readonly Told[] => {
  const told: Told[] = []
  for (const line of lines) {
    const [, local = '', localPort = '', peer = '', peerPort = '', state = '', send = '', receive = '', inode] =
      row.exec(line) ?? []
    if (inode === undefined) continue
    told.push({
      socket: {
        protocol,
        state: clean(socketState(Number.parseInt(state, 16))),
        localAddress: clean(addressIn(local, order)),
        localPort: Number.parseInt(localPort, 16),
        peerAddress: clean(addressIn(peer, order)),
        peerPort: Number.parseInt(peerPort, 16),
        receiveQueue: Number.parseInt(receive, 16),
        sendQueue: Number.parseInt(send, 16),
      },
      inode: Number(inode),
    })
  }
  return told
}
