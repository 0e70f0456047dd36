import { ipv4Text, ipv6Text } from '../address.ts'

/** In which order a node keeps the bytes of a number: the kernel prints addresses of IPv4 as such. */
export type ByteOrder = 'little' | 'big'

const four = /^[0-9A-Fa-f]{8}$/
const sixteen = /^[0-9A-Fa-f]{32}$/

/** The bytes of an IPv4 address as in `/proc/net/route`; undefined for what is none. */
export const ipv4Bytes = (hex: string, order: ByteOrder): Uint8Array | undefined => {
  if (!four.test(hex)) return undefined
  const bytes = Uint8Array.from(Buffer.from(hex, 'hex'))
  return order === 'little' ? bytes.reverse() : bytes
}

export const ipv4FromKernel = (hex: string, order: ByteOrder): string | undefined => {
  const bytes = ipv4Bytes(hex, order)
  return bytes && ipv4Text(bytes, 0)
}

/** An IPv6 address as in `/proc/net/ipv6_route`: its bytes in their own order everywhere. */
export const ipv6FromKernel = (hex: string): string | undefined =>
  sixteen.test(hex) ? ipv6Text(Uint8Array.from(Buffer.from(hex, 'hex')), 0) : undefined

/** The length of a netmask; undefined for one with holes. */
export const maskLength = (hex: string, order: ByteOrder): number | undefined => {
  const bits = Array.from(ipv4Bytes(hex, order) ?? [], (byte) => byte.toString(2).padStart(8, '0')).join('')
  return /^1*0*$/.test(bits) && bits.length === 32 ? bits.lastIndexOf('1') + 1 : undefined
}

/**
 * A node's byte order, from what `od -An -tx2 -N2` makes of a file that begins with `Na`. Little where it does not say: of
 * the machines that Kubernetes runs on, all but s390x are.
 */
export const byteOrderOf = (lines: readonly string[] = []): ByteOrder =>
  lines[0]?.trim() === '4e61' ? 'big' : 'little'
