import { ipv4Text, ipv6Text } from '../address.ts'

// include/net/tcp_states.h, in the words of ss. An unconnected UDP socket is 7.
const states = [
  'UNKNOWN',
  'ESTAB',
  'SYN-SENT',
  'SYN-RECV',
  'FIN-WAIT-1',
  'FIN-WAIT-2',
  'TIME-WAIT',
  'UNCONN',
  'CLOSE-WAIT',
  'LAST-ACK',
  'LISTEN',
  'CLOSING',
  'SYN-RECV',
]

/** The kernel's number of a socket's state in the words of ss. */
export const socketState = (state: number): string => states[state] ?? 'UNKNOWN'

export const hexBytes = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

/** Address in text, of 4 bytes or 16; an IPv4 one as such also where an IPv6 socket holds it. */
export const addressText = (bytes: Uint8Array): string => {
  if (bytes.length === 4) return ipv4Text(bytes, 0)
  const isMapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255
  return isMapped ? ipv4Text(bytes, 12) : ipv6Text(bytes, 0)
}
