import { icmp, ip, udp } from './datagrams.ts'
import type { Row, StackGroup, StackMeaning } from './meaning.ts'
import { icmpOut, icmpRest, rest } from './seldom.ts'
import { listening, memory, resets, tcp } from './tcp-ends.ts'
import { outOfOrder, retransmits, timeouts } from './tcp-loss.ts'

const groups: readonly (readonly [StackGroup, readonly Row[]])[] = [
  ['retransmits', retransmits],
  ['resets', resets],
  ['listen', listening],
  ['timeouts', timeouts],
  ['out of order', outOfOrder],
  ['memory', memory],
  ['UDP', udp],
  ['IP', ip],
  ['ICMP', [...icmp, ...icmpRest, ...icmpOut]],
  ['TCP', [...tcp, ...rest]],
]

/** Groups in the order in which trouble is looked for. */
export const stackGroups: readonly StackGroup[] = [...groups.map(([group]) => group), 'other']

/** What is known of a counter, by its name without the 6 of IPv6. */
export const stackMeanings: ReadonlyMap<string, StackMeaning> = new Map(
  groups.flatMap(([group, rows]) => rows.map(([name, weight, text]) => [name, { group, weight, text }] as const)),
)

/** By which protocol an ICMP message was, one counter for each number of a type. */
const icmpType = /^Icmp(?:Msg|6)(In|Out)Type(\d{1,3})$/

const ofType = (name: string): StackMeaning | undefined => {
  const [, way, type] = icmpType.exec(name) ?? []
  if (type === undefined) return undefined
  const text = `ICMP messages of type ${type} that were ${way === 'In' ? 'received' : 'sent'}; the others here tell the same by name.`
  return { group: 'ICMP', weight: 'plain', text }
}

/** Multipath TCP and UDP-Lite, whose counters are many and seldom used. */
const families: readonly (readonly [start: string, StackMeaning])[] = [
  ['MPTcpExt', { group: 'other', weight: 'plain', text: 'Multipath TCP (net/mptcp/mib.h of the kernel names it).' }],
  ['UdpLite', { group: 'other', weight: 'plain', text: 'UDP-Lite, counted as UDP is.' }],
]

const unknown: StackMeaning = {
  group: 'other',
  weight: 'plain',
  text: 'Not explained here: see snmp_counter.rst in the documentation of the kernel.',
}

/** What a counter means, one of IPv6 as its twin of IPv4; of one that is not known, where to look. */
export const stackMeaning = (name: string): StackMeaning =>
  stackMeanings.get(name.replace(/^(Ip|Icmp|Udp)6/, '$1')) ??
  ofType(name) ??
  families.find(([start]) => name.startsWith(start))?.[1] ??
  unknown
