import { BlockList } from 'node:net'
import { ipv6OfHex } from '../address.ts'

/** Lines of files as the node shows them. */
export interface SubnetEvidence {
  /** /proc/net/route. */
  readonly routes: readonly string[]
  /** Of /proc/net/if_inet6: address, length of its prefix in hexadecimal, interface. */
  readonly addresses6: readonly string[]
}

/** Addresses of IPv6 of which the answer is remembered: to find it takes as long as to count a packet. */
const mostKnown = 1_000

const octets = (address: string): number => address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)

const flip = (hex: string): number => Number.parseInt(hex.match(/../g)?.toReversed().join('') ?? '', 16)

const isIn6 = (lines: readonly string[], name: string): ((address: string) => boolean) => {
  const prefixes = new BlockList()
  for (const line of lines) {
    const [hex = '', length = '', device] = line.split(' ')
    const address = ipv6OfHex(hex)
    if (device === name && address !== undefined) prefixes.addSubnet(address, Number.parseInt(length, 16), 'ipv6')
  }
  const known = new Map<string, boolean>()
  return (address) => {
    const before = known.get(address)
    if (before !== undefined) return before
    if (known.size >= mostKnown) known.clear()
    const isIn = prefixes.check(address, 'ipv6')
    known.set(address, isIn)
    return isIn
  }
}

/**
 * Whether an address lies in a subnet of an interface, those of a bridge hold the pods: of IPv4 by the routes that lead there, of
 * IPv6 by the prefixes of its own addresses.
 */
export const inSubnetOf = ({ routes, addresses6 }: SubnetEvidence, name: string): ((address: string) => boolean) => {
  const subnets = routes.flatMap((line) => {
    const [device, destination = '', , , , , , mask = ''] = line.trim().split(/\s+/)
    return device === name && mask !== '00000000' ? [{ network: flip(destination), mask: flip(mask) }] : []
  })
  const in6 = isIn6(addresses6, name)
  return (address) =>
    address.includes(':')
      ? in6(address)
      : subnets.some(({ network, mask }) => (octets(address) & mask) >>> 0 === network)
}
