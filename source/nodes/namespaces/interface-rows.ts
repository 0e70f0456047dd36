import type { NetworkInterface, Traffic } from '../../events/looks.ts'
import { clean } from '../../text/clean.ts'
import { numberAt, type Row, rowAt, rowsAt, textAt } from './ip-json.ts'

/** An interface of the node, as its sysfs has it. `below`: the number of what it hangs on, for a cable that of its other end. */
export interface HostInterface {
  readonly index: number
  readonly below: number
  readonly mtu: number
  readonly name: string
}

/** Of a line `INDEX IFLINK MTU NAME`. */
export const hostInterfaceFrom = (line: string): readonly HostInterface[] => {
  const [, index, below, mtu, name] = /^(\d+) (\d+) (\d+) (.+)$/.exec(line) ?? []
  return name === undefined ? [] : [{ index: Number(index), below: Number(below), mtu: Number(mtu), name }]
}

// Kinds that hang on an interface of the node, beside the cables, which have two ends.
const cables = ['veth', 'netkit']

/**
 * What an interface is plugged into on the node. Its number alone does not tell: it counts in the namespace of the other
 * end, which may be a third one. Of a cable the node's end must point back.
 */
const peerOf = (row: Row, host: readonly HostInterface[]): NetworkInterface['peer'] => {
  const [own, other] = [numberAt(row, 'ifindex'), numberAt(row, 'link_index')]
  if (other === undefined || !('link_netnsid' in row)) return undefined
  const found = host.find(({ index }) => index === other)
  const isCable = cables.includes(textAt(rowAt(row, 'linkinfo'), 'info_kind'))
  if (found === undefined || (isCable && found.below !== own)) return undefined
  return { index: other, name: clean(found.name), mtu: found.mtu }
}

const trafficOf = (row: Row): Traffic | undefined => {
  const [bytes, packets, errors, drops] = ['bytes', 'packets', 'errors', 'dropped'].map((key) => numberAt(row, key))
  if (bytes === undefined || packets === undefined || errors === undefined || drops === undefined) return undefined
  return { bytes, packets, errors, drops }
}

/** An interface of `ip -j -s -d addr`; nothing for one that comes without counters. */
export const interfaceFrom = (row: Row, host: readonly HostInterface[]): readonly NetworkInterface[] => {
  const stats = 'stats64' in row ? rowAt(row, 'stats64') : rowAt(row, 'stats')
  const [received, sent] = [trafficOf(rowAt(stats, 'rx')), trafficOf(rowAt(stats, 'tx'))]
  if (received === undefined || sent === undefined) return []
  const [index, mtu, peer] = [numberAt(row, 'ifindex'), numberAt(row, 'mtu'), peerOf(row, host)]
  return [
    {
      name: textAt(row, 'ifname'),
      ...(index === undefined ? {} : { index }),
      mac: textAt(row, 'address'),
      ...(mtu === undefined ? {} : { mtu }),
      state: textAt(row, 'operstate'),
      kind: textAt(rowAt(row, 'linkinfo'), 'info_kind'),
      qdisc: textAt(row, 'qdisc'),
      addresses: rowsAt(row, 'addr_info').map((each) => clean(`${textAt(each, 'local')}/${textAt(each, 'prefixlen')}`)),
      ...(peer === undefined ? {} : { peer }),
      received,
      sent,
    },
  ]
}
