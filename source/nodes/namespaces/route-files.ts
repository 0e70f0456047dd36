import type { Neighbour, Route } from '../../events/looks.ts'
import { clean } from '../../text/clean.ts'
import { type ByteOrder, ipv4FromKernel, ipv6FromKernel, maskLength } from './kernel-addresses.ts'

// linux/route.h, linux/ipv6_route.h.
const flag = { gateway: 0x2, reject: 0x200, anycast: 0x0010_0000, cache: 0x0100_0000, local: 0x8000_0000 } as const

const has = (flags: number, ...names: readonly (keyof typeof flag)[]): boolean =>
  names.some((name) => Math.floor(flags / flag[name]) % 2 === 1)

const wordsOf = (line: string): readonly string[] => line.trim().split(/\s+/)

const none = { source: clean(''), protocol: clean(''), scope: clean('') }

/** A line of `/proc/PID/net/route`: of the table main alone, and of the first next hop. None for the heading. */
export const routeFromFile = (line: string, order: ByteOrder): readonly Route[] => {
  const [device = '', to = '', via = '', flags = '', , , metric = '', mask = ''] = wordsOf(line)
  const [address, hop, length] = [ipv4FromKernel(to, order), ipv4FromKernel(via, order), maskLength(mask, order)]
  const bits = Number.parseInt(flags, 16)
  if (address === undefined || hop === undefined || length === undefined || Number.isNaN(bits)) return []
  const isReject = has(bits, 'reject')
  return [
    {
      family: 4,
      destination: clean(length === 0 ? 'default' : length === 32 ? address : `${address}/${length}`),
      gateway: clean(has(bits, 'gateway') ? hop : ''),
      // What leads nowhere has no device.
      device: clean(device === '*' ? '' : device),
      ...none,
      ...(metric === '0' ? {} : { metric: Number(metric) }),
      kind: clean(isReject ? 'unreachable' : device === '*' ? 'blackhole' : 'unicast'),
      table: clean('main'),
    },
  ]
}

const multicast = /^ff/i

/** A line of `/proc/PID/net/ipv6_route`: of all tables, which it does not tell. Those of the table local are left out. */
export const route6FromFile = (line: string): readonly Route[] => {
  const [to = '', length = '', , , via = '', metric = '', , , flags = '', device = ''] = wordsOf(line)
  const [address, hop] = [ipv6FromKernel(to), ipv6FromKernel(via)]
  const [bits, size] = [Number.parseInt(flags, 16), Number.parseInt(length, 16)]
  if (address === undefined || hop === undefined || Number.isNaN(bits) || Number.isNaN(size)) return []
  // The entry that stands for no route has the greatest metric there is.
  if (has(bits, 'local', 'anycast', 'cache') || multicast.test(to) || metric === 'ffffffff') return []
  return [
    {
      family: 6,
      destination: clean(size === 0 ? 'default' : size === 128 ? address : `${address}/${size}`),
      gateway: clean(has(bits, 'gateway') ? hop : ''),
      device: clean(device),
      ...none,
      metric: Number.parseInt(metric, 16),
      kind: clean(has(bits, 'reject') ? 'unreachable' : 'unicast'),
      table: clean(''),
    },
  ]
}

/** By the flags of `/proc/net/arp`: 2 is an address that is known, 4 one that was set by hand. */
const stateOf = (flags: number): string => (flags === 0 ? 'INCOMPLETE' : (flags & 4) === 0 ? 'VALID' : 'PERMANENT')

/** A line of `/proc/PID/net/arp`. None for the heading. */
export const neighbourFromFile = (line: string): readonly Neighbour[] => {
  const [address = '', type, flags = '', mac = '', , device = ''] = wordsOf(line)
  const bits = Number(flags)
  if (!/^\d+(\.\d+){3}$/.test(address) || !/^0x/.test(type ?? '') || Number.isNaN(bits)) return []
  return [
    { address: clean(address), device: clean(device), mac: clean(bits === 0 ? '' : mac), state: clean(stateOf(bits)) },
  ]
}
