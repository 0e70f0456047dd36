import { randomFillSync } from 'node:crypto'
import type { Client } from 'ssh2'

/** The part of ssh2 that makes room for a packet, as it is for AES-GCM in plain JavaScript; it may be another in another version. */
interface Cipher {
  readonly _encSSLName?: unknown
  readonly _encIV?: unknown
  allocPacket?(payload: number): Buffer
}

/** Bytes of the two length fields: of the packet, and of its padding. */
const head = 5
/** Bytes of an AES block; the length of the packet does not count (RFC 5647). */
const block = 16
const leastPadding = 4

/** Random bytes, of which each is used once. */
const random = Buffer.allocUnsafeSlow(4096)
let used = random.length

const fill = (packet: Buffer, from: number): void => {
  const length = packet.length - from
  if (used + length > random.length) {
    randomFillSync(random)
    used = 0
  }
  random.copy(packet, from, used, used + length)
  used += length
}

const roomFor = (payload: number): Buffer => {
  const rest = block - ((1 + payload) % block)
  const padding = rest < leastPadding ? rest + block : rest
  const packet = Buffer.allocUnsafe(head + payload + padding)
  packet.writeUInt32BE(1 + payload + padding, 0)
  packet[4] = padding
  fill(packet, head + payload)
  return packet
}

/**
 * Takes the padding of packets from a stock of random bytes for all connections; to be called after every key exchange. ssh2
 * asks OpenSSL for a dozen bytes for each packet, which is a quarter of what it takes to make the packet. Of other ciphers
 * than AES-GCM, which is negotiated wherever the server knows it, and of another ssh2 nothing is changed: then it is only
 * slower.
 */
export const padFromStock = (client: Client): void => {
  const { _protocol } = client as unknown as { readonly _protocol?: { readonly _cipher?: Cipher } }
  const cipher = _protocol?._cipher
  if (cipher === undefined || typeof cipher.allocPacket !== 'function') return
  const { _encSSLName: name, _encIV: iv } = cipher
  if (typeof name === 'string' && name.endsWith('-gcm') && iv instanceof Uint8Array) cipher.allocPacket = roomFor
}
