import { ipv4Text, ipv6Text } from '../address.ts'

/** One UDP datagram as far as it was captured. Addresses are canonical (RFC 5952 for IPv6). */
export type Datagram = {
  readonly source: string
  readonly sourcePort: number
  readonly destination: string
  readonly destinationPort: number
  readonly payload: Uint8Array
}

// Link types of www.tcpdump.org/linktypes.html, EtherTypes and next headers of IANA.
const link = { ethernet: 1, raw: 101, cooked: 113, cooked2: 276 } as const
const etherType = { ipv4: 0x0800, ipv6: 0x86dd } as const
const vlanTags: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100])
const mostVlanTags = 2
const udp = 17
const fragment = 44
const authentication = 51
// Hop-by-hop, routing, destination options, mobility: all carry their length in units of 8 bytes after the first 8.
const plainExtensions: ReadonlySet<number> = new Set([0, 43, 60, 135])
const mostExtensions = 8

// Every read is checked against what was captured: a byte that is not there reads as NaN, which fails every test.
const byte = (data: Uint8Array, at: number): number => data[at] ?? Number.NaN
const short = (data: Uint8Array, at: number): number => byte(data, at) * 256 + byte(data, at + 1)

type Read = (data: Uint8Array, at: number) => Datagram | undefined

const readUdp = (
  data: Uint8Array,
  at: number,
  end: number,
  source: string,
  destination: string,
): Datagram | undefined => {
  const length = short(data, at + 4)
  if (!(length >= 8 && at + 8 <= end)) return undefined
  return {
    source,
    sourcePort: short(data, at),
    destination,
    destinationPort: short(data, at + 2),
    payload: data.subarray(at + 8, Math.min(at + length, end)),
  }
}

const readIpv4: Read = (data, at) => {
  const headerBytes = (byte(data, at) & 0x0f) * 4
  const total = short(data, at + 2)
  // Total length 0 is what segmentation offload leaves behind: then only the capture bounds the packet.
  const end = total === 0 ? data.length : Math.min(data.length, at + total)
  const fragmentOffset = short(data, at + 6) & 0x1fff
  if (byte(data, at) >> 4 !== 4 || headerBytes < 20 || at + headerBytes > end) return undefined
  if (fragmentOffset !== 0 || byte(data, at + 9) !== udp) return undefined
  return readUdp(data, at + headerBytes, end, ipv4Text(data, at + 12), ipv4Text(data, at + 16))
}

/** Where UDP begins behind the extension headers; undefined for other protocols, later fragments, too many headers. */
const findUdp = (data: Uint8Array, first: number, start: number): number | undefined => {
  let header = first
  let at = start
  for (let seen = 0; seen < mostExtensions && header !== udp; seen += 1) {
    const known = plainExtensions.has(header) || header === authentication || header === fragment
    if (!known || (header === fragment && short(data, at + 2) >> 3 !== 0)) return undefined
    const beyond = header === fragment ? 0 : byte(data, at + 1) * (header === authentication ? 4 : 8)
    header = byte(data, at)
    at += 8 + beyond
  }
  return header === udp ? at : undefined
}

const readIpv6: Read = (data, at) => {
  const udpAt = findUdp(data, byte(data, at + 6), at + 40)
  if (byte(data, at) >> 4 !== 6 || udpAt === undefined) return undefined
  const payload = short(data, at + 4)
  const end = payload === 0 ? data.length : Math.min(data.length, at + 40 + payload)
  return readUdp(data, udpAt, end, ipv6Text(data, at + 8), ipv6Text(data, at + 24))
}

const readNetwork = (data: Uint8Array, type: number, at: number): Datagram | undefined => {
  let inner = type
  let start = at
  for (let tags = 0; tags < mostVlanTags && vlanTags.has(inner); tags += 1) {
    inner = short(data, start + 2)
    start += 4
  }
  if (inner === etherType.ipv4) return readIpv4(data, start)
  return inner === etherType.ipv6 ? readIpv6(data, start) : undefined
}

/**
 * The UDP datagram inside a captured packet, or undefined: an unknown link type, another protocol, any fragment but the
 * first, or too little captured to hold the headers. Lengths in the packet are believed only inside what was captured.
 */
export const readDatagram = (linkType: number, data: Uint8Array): Datagram | undefined => {
  switch (linkType) {
    case link.ethernet:
      return readNetwork(data, short(data, 12), 14)
    case link.cooked:
      return readNetwork(data, short(data, 14), 16)
    case link.cooked2:
      return readNetwork(data, short(data, 0), 20)
    case link.raw:
      return byte(data, 0) >> 4 === 6 ? readIpv6(data, 0) : readIpv4(data, 0)
    default:
      return undefined
  }
}
