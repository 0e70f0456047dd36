import type { ServiceId } from '../../events/names.ts'
import { segment, wrapInto } from '../../interface/lines.ts'
import { partWords, type SocketShares, serviceSocketsOf, unattributedShare } from '../../store/service-sockets.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import type { Segment, Style } from '../../text/colour.ts'
import { formatValue } from '../../text/units.ts'
import { serviceFigures } from '../services/round-trips.ts'

const sharesWords = (shares: SocketShares): string => {
  const { services, endpointless, others, outside, ambiguous, untold } = shares
  const parts = [
    `${services + endpointless} to services`,
    ...(endpointless > 0 ? [`${endpointless} of them nobody knows to which endpoint`] : []),
    ...(ambiguous > 0 ? [`${ambiguous} to an endpoint of several services`] : []),
    ...(untold > 0 ? [`${untold} not told apart`] : []),
    `${others} to other pods and nodes`,
    `${outside} outside`,
  ]
  return `sockets of all: ${parts.join(', ')}`
}

const percent = (share: number): string => (Number.isNaN(share) ? 'none to attribute' : formatValue(share, '%'))

/** Why some nodes say nothing of their pods' sockets: the reason of the first of them. */
const reasonOf = (snapshot: Snapshot): string => {
  for (const node of snapshot.nodes.values()) {
    const reading = node.reading('rtt.sockets')
    if (reading.kind === 'missing') return `${node.name}: ${reading.advice}`
    if (reading.scope !== 'node')
      return `${node.name} tells those of the host only (${reading.tier}): the rest needs root and perl`
  }
  return ''
}

/** What is known of the sockets to a service, and how: lines above the table. */
export const standingLines = (
  snapshot: Snapshot,
  service: ServiceId | undefined,
  width: number,
): readonly (readonly Segment[])[] => {
  const sockets = serviceSocketsOf(snapshot)
  const { nodes, shares } = sockets
  const told = (words: string, rows: number, style: Style = 'plain') =>
    wrapInto(clean(words), width, rows).map((text): readonly Segment[] => [{ text, style }])
  if (nodes.read === 0) return told(`no node tells the sockets of its pods. ${reasonOf(snapshot)}`, 2, 'note')
  const figures = service === undefined ? undefined : serviceFigures(snapshot, service)
  const part = partWords(sockets, 'theirs')
  const few = part === undefined ? '' : `, ${part}`
  const all =
    figures === undefined || figures.sockets === 0
      ? `no client's socket to it is known${few}`
      : `${figures.sockets} sockets of clients, ${figures.observations} of them of the last 5 s${few}`
  return [
    ...told(`${all}; not attributed: ${percent(unattributedShare(shares))}`, 1),
    ...told(sharesWords(shares), 2, 'dim'),
    ...(nodes.read < nodes.of ? told(reasonOf(snapshot), 1, 'note') : []),
    ...told('kernel TCP_INFO of every namespace; endpoints by conntrack reply tuples', 1, 'dim'),
    [segment('')],
  ]
}
