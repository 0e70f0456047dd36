import { type Address, familyOf } from '../../events/address.ts'
import type { ServiceDoor, ServicePlace } from '../../events/look-rules.ts'

/** Where Cilium pins its maps, below the bpffs of the node, or below its own where `/sys/fs/bpf` is something else. */
export const pinFolders = ['/sys/fs/bpf/tc/globals', '/run/cilium/bpffs/tc/globals'] as const

/** Entries of services that are asked for, each in both of its scopes. */
export const mostFronts = 256

/** Numbers of /etc/protocols. Before Cilium 1.17 every entry had 0. */
export const protocolNumbers = { tcp: 6, udp: 17, sctp: 132 } as const satisfies Record<ServiceDoor['protocol'], number>

const hex = (value: number, bytes: number): string => value.toString(16).padStart(2 * bytes, '0')

const packed = (address: string): string => {
  if (!address.includes(':'))
    return address
      .split('.')
      .map((part) => hex(Number(part), 1))
      .join('')
  const [front = '', back] = address.split('::')
  const groups = (text: string): readonly string[] => text.split(':').filter((group) => group !== '')
  const [left, right] = [groups(front), groups(back ?? '')]
  const between = Array.from({ length: 8 - left.length - right.length }, () => '0')
  return [...left, ...between, ...right].map((group) => group.padStart(4, '0')).join('')
}

/**
 * A key of cilium_lb4_services_v2 (12 bytes) or cilium_lb6_services_v2 (24) in hexadecimal digits, as struct lb4_key and lb6_key
 * of Cilium's bpf/lib/lb.h have it: address and port in network order, the number of a backend in that of the machine
 * (0: the service itself), protocol, scope (0: from outside, 1: from within the cluster), two bytes of nothing.
 */
export const serviceKey = (address: Address, port: number, protocol: number): string =>
  `${packed(address)}${hex(port, 2)}0000${hex(protocol, 1)}000000`

/** What a NodePort is kept under, beside the addresses of the node. */
const anyAddress = { 4: '0.0.0.0' as Address, 6: '::' as Address } as const

/** Keys of all that a service may have, its addresses before its ports of the node. */
export const serviceKeys = ({ addresses, doors }: ServicePlace): readonly string[] => {
  const families = [...new Set(addresses.map(familyOf))]
  const keys = doors.flatMap(({ protocol, port }) =>
    addresses.map((address) => serviceKey(address, port, protocolNumbers[protocol])),
  )
  const nodes = doors.flatMap(({ protocol, nodePort }) =>
    nodePort === 0 ? [] : families.map((family) => serviceKey(anyAddress[family], nodePort, protocolNumbers[protocol])),
  )
  return [...new Set([...keys, ...nodes])]
}

/** `0a 60 00 0a` of `0a60000a`, as bpftool takes it. */
export const spaced = (digits: string): string => (digits.match(/../g) ?? []).join(' ')
