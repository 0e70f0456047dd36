import { parseAddress } from '../../events/address.ts'
import type { Counted, Tally } from '../../events/event.ts'
import type { PodId } from '../../events/names.ts'
import type { NodeView, Snapshot } from '../../store/snapshot.ts'
import { formatAge, formatValue } from '../../text/units.ts'
import type { Fact } from './tab.ts'
import { nodeOf, type Target } from './target.ts'

/** What the capture of a node counted, and how much of it is a target's. */
interface Captured {
  readonly tally: Tally
  /** Those of the target's own addresses, by name; the one without a name is of all its other names. */
  readonly own: readonly Counted[]
}

const ofItself = /^127\.|^::1$/

/**
 * Whether an address of a client is the target's. A capture of the host's scope counts no other clients than the node itself;
 * where it sees the pods, the node's own address is one among theirs.
 */
const isOwn = (
  { records }: Snapshot,
  target: Target,
  isHostOnly: boolean,
): ((client: string | undefined) => boolean) => {
  if (target.kind === 'host')
    return (client = '') => {
      const address = parseAddress(client)
      return (
        isHostOnly ||
        ofItself.test(client) ||
        (address !== undefined && records.relations.nodeAt(address) === target.node)
      )
    }
  if (target.kind !== 'pod') return () => false
  const { record, fate } = target
  // What another pod has by now tells of that one, also where this one is gone and its name given on.
  const isGivenOn = (owner: PodId | undefined): boolean =>
    owner !== undefined && (fate !== 'there' || owner !== record.id)
  const own = record.addresses.filter((address) => !isGivenOn(records.relations.podAt(address)))
  const addresses: ReadonlySet<string> = new Set(own)
  return (client) => client !== undefined && addresses.has(client)
}

/** One row for each name, whichever of its addresses asked. */
const byName = (rows: readonly Counted[]): readonly Counted[] => {
  const names = new Map<string, Counted>()
  for (const { name, count, nxdomain = 0 } of rows) {
    const before = names.get(name)
    names.set(name, { name, count: count + (before?.count ?? 0), nxdomain: nxdomain + (before?.nxdomain ?? 0) })
  }
  return [...names.values()]
}

const nodeViewOf = (snapshot: Snapshot, target: Target): NodeView | undefined => {
  const node = nodeOf(target)
  return node === undefined ? undefined : snapshot.nodes.get(node)
}

/** Undefined: no capture counts on its node now. */
const capturedOf = (snapshot: Snapshot, target: Target): Captured | undefined => {
  const node = nodeViewOf(snapshot, target)
  const tally = node?.tallies.get('lookup-pairs')
  const reading = node?.reading('dns.lookups')
  if (tally === undefined || reading === undefined || reading.kind === 'missing') return undefined
  if (!(tally.seconds > 0)) return undefined
  const is = isOwn(snapshot, target, reading.scope === 'host')
  return { tally, own: byName(tally.rows.filter(({ client }) => is(client))) }
}

/** What the list of lookups rests on: the same object until it is another list. */
export const lookupsRestOn = (snapshot: Snapshot, target: Target): Tally | undefined =>
  capturedOf(snapshot, target)?.tally

/** One name that a target looked up. */
export interface Looked extends Counted {
  /** Seconds in which it was counted. */
  readonly seconds: number
}

/** What a target looked up lately; undefined: nobody counts, or there was nothing. */
export const lookedUp = (snapshot: Snapshot, target: Target): readonly Looked[] | undefined => {
  const captured = capturedOf(snapshot, target)
  if (captured === undefined || captured.own.length === 0) return undefined
  const { seconds } = captured.tally
  return captured.own.map((row) => ({ ...row, seconds }))
}

const fact = (text: string, style: Fact['style'] = 'plain'): readonly Fact[] => [{ label: 'Live', text, style }]

const sum = (rows: readonly Counted[], of: 'count' | 'nxdomain'): number =>
  rows.reduce((all, row) => all + (row[of] ?? 0), 0)

/** Why there is nothing to tell. */
const whyNot = (missing: string, advice: string): string =>
  missing === 'not-asked' ? 'not asked: dns-capture (w)' : `no lookups: ${missing}: ${advice}`

const isOnHostNetwork = (target: Target): boolean =>
  target.kind === 'host' || (target.kind === 'pod' && target.record.hostNetwork)

/**
 * How much a target looks up, and where that was seen: of a capture on the bridge of the pods their lookups, of one elsewhere
 * the node's own. Nothing where nobody samples the node, as for `kntop pod`.
 */
export const liveFacts = (snapshot: Snapshot, target: Target): readonly Fact[] => {
  const node = nodeViewOf(snapshot, target)
  if (node === undefined || !node.optIns.has('dns-capture')) return []
  const reading = node.reading('dns.lookups')
  if (reading.kind === 'missing') return fact(whyNot(reading.missing, reading.advice), 'note')
  const captured = capturedOf(snapshot, target)
  if (captured === undefined) return fact('nothing was counted yet', 'dim')
  if (reading.scope === 'host' && !isOnHostNetwork(target))
    return fact(`this pod's lookups do not pass where the capture listens: ${reading.tier}`, 'note')
  const { tally, own } = captured
  const seconds = formatAge(tally.seconds)
  const old = reading.kind === 'stale' ? `; stale ${formatAge(reading.age)}` : ''
  const left = tally.left === 0 ? '' : `; ${tally.left} of clients that had no room are not told apart`
  const where = `${reading.tier}${left}${old}`
  const style = reading.kind === 'stale' ? 'stale' : 'plain'
  if (own.length === 0) return fact(`none seen in the last ${seconds}; ${where}`, style)
  const count = sum(own, 'count')
  const rate = formatValue(count / tally.seconds, '/s')
  const share = formatValue((100 * sum(own, 'nxdomain')) / count, '%')
  const whose = target.kind === 'pod' && target.record.hostNetwork ? ' of all on the host network' : ''
  return fact(`${rate} in the last ${seconds}${whose}, ${share} of ${count} NXDOMAIN; ${where}`, style)
}
