import { isIP } from 'node:net'

/** An IP address in its one usual spelling, so that equal addresses are equal strings. Only {@link parseAddress} makes one. */
export type Address = string & { readonly __address: true }

const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/

/** The dotted form of an IPv4 address that was mapped into IPv6, whose canonical spelling is hexadecimal. */
const unmapped = (canonical: string): string => {
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical) ?? []
  if (high === undefined || low === undefined) return canonical
  const [one, other] = [Number.parseInt(high, 16), Number.parseInt(low, 16)]
  return `${one >> 8}.${one & 255}.${other >> 8}.${other & 255}`
}

/**
 * An address as RFC 5952 spells it; one that is mapped into IPv6 as IPv4. Undefined for whatever is not an address, and for
 * one with a zone, which means something on its own machine only.
 */
export const parseAddress = (text: string): Address | undefined => {
  const family = isIP(text)
  if (family === 4) return text as Address
  if (family === 0 || text.includes('%')) return undefined
  const [, dotted] = mapped.exec(text.toLowerCase()) ?? []
  if (dotted !== undefined) return dotted as Address
  return unmapped(new URL(`http://[${text}]`).hostname.slice(1, -1)) as Address
}

/** The family of an address. */
export const familyOf = (address: Address): 4 | 6 => (address.includes(':') ? 6 : 4)

const nobodyElse = [
  /^(0|127)\./, // this network, loopback
  /^(22[4-9]|23\d|24\d|25[0-5])\./, // multicast, reserved, broadcast
  /^169\.254\./, // link-local
  /^::1?$/, // unspecified, loopback
  /^fe[89ab][0-9a-f]:/, // link-local
  /^ff[0-9a-f]{2}:/, // multicast
]

/** Whether an address can be another machine's: not loopback, link-local, multicast, reserved or unspecified. */
export const isReachable = (address: Address): boolean => !nobodyElse.some((range) => range.test(address))
