import type { FlowsLook, NewFlows } from '../../events/looks.ts'
import { segment, wrapInto } from '../../interface/lines.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import type { Segment, Style } from '../../text/colour.ts'
import { formatAge, formatValue } from '../../text/units.ts'
import { fillAt } from './rows.ts'
import { type Asking, asksOf, causeOf, listingOf, type Sight, sightOf } from './state.ts'

type Line = readonly Segment[]

interface Words {
  readonly text: string
  readonly style: Style
}

const percent = (part: number, whole: number): string =>
  whole > 0 ? formatValue((100 * part) / whole, '%') : formatValue(0, '%')

const ageOf = (snapshot: Snapshot, { at }: Sight): string => formatAge(Math.max(0, snapshot.at - at) / 1000)

const fillWords = ({ entries, maximum }: FlowsLook): string =>
  maximum > 0 ? `${entries} entries, ${percent(entries, maximum)} of ${maximum}` : `${entries} entries, no limit`

/**
 * That a listing holds another number of entries than were counted as it began. The kernel counts one that has run out until it
 * is swept, which may take a minute, and lists it no more (nf_ct_is_expired in ctnetlink_dump_table); others come and go.
 */
const listedWords = ({ entries, listed }: FlowsLook, total: number): string => {
  if (listed?.brokeOff === true) return `; only ${total} were listed, then it broke off`
  if (total === entries) return ''
  return `; ${total} were listed: ${total < entries ? 'the others have run out or ended' : 'some began meanwhile'}`
}

/** Whether it is known already, is being looked at, waits for a yes, or cannot be had. */
const whenWords = (snapshot: Snapshot, asking: Asking, sight: Sight | undefined): Words => {
  const { node } = asking
  if (node === undefined || !snapshot.nodes.has(node))
    return { text: 'choose a node in :nodes and press t', style: 'plain' }
  const listing = listingOf(snapshot, node)
  const before = listing === undefined ? '' : `; what follows is ${ageOf(snapshot, listing)} old`
  const cause = causeOf(snapshot, asking)
  if (cause !== undefined) return { text: `cannot be seen: ${cause}; r looks again${before}`, style: 'warning' }
  if (asksOf(snapshot, asking).length > 0) {
    const link = snapshot.nodes.get(node)?.link
    return link?.state === 'live'
      ? { text: `${node} adds up its table, and listens for 5s to what begins${before}`, style: 'note' }
      : { text: `waits: ${node} is ${link?.state ?? 'not connected yet'}${before}`, style: 'warning' }
  }
  if (sight === undefined) return { text: 'nothing was seen yet; r looks', style: 'plain' }
  const { listed, expectedCost } = sight.look
  const cost = formatValue(expectedCost, 'ms')
  if (listed === undefined) {
    const counted = `${fillWords(sight.look)}, counted ${ageOf(snapshot, sight)} ago`
    const price = `to list them takes ${node} some ${cost} of CPU, at nice 19`
    return { text: `${counted}: ${price}. y lists them, once; esc leaves it${before}`, style: 'warning' }
  }
  const took = `it took ${node} ${formatValue(listed.cost, 'ms')} of CPU (${cost} expected)`
  return { text: `seen ${ageOf(snapshot, sight)} ago; ${took}`, style: 'ok' }
}

/** Nearly full: what is left is used up within a second by a node that is busy. */
const fullFrom = 0.98

/** What a full table means to whoever comes next: the kernel puts out others, but none that is assured. */
const fullWords = ({ entries, maximum }: FlowsLook, assured: number, total: number, isLeast: boolean): string => {
  if (maximum === 0 || entries < maximum * fullFrom) return ''
  const share = `the table is full, and ${isLeast ? 'at least ' : ''}${percent(assured, total)} of what it holds is assured`
  return assured > total / 2
    ? `; ${share}, which the kernel puts out for nobody: new connections are dropped`
    : `; ${share}: a new connection puts out one that is not`
}

const beganWords = (began: NewFlows, full: string): Words => {
  const { total, seconds, isLossy } = began
  const during = formatValue(Math.round(seconds), 's')
  const style = full === '' ? (isLossy ? 'note' : 'plain') : 'critical'
  if (total === 0 && !isLossy)
    return { text: `none began in ${during}${full === '' ? '' : ', so no rate can be told'}${full}`, style }
  const rate = `${isLossy ? 'at least ' : ''}${formatValue(total / seconds, '/s')} begin: ${total} in ${during}`
  const missed = isLossy ? `, and some were missed: they came faster than they were taken` : ''
  return { text: `${rate}${missed}${full}`, style }
}

/** Shares of all entries; of groups too small to be told nobody knows whose they are, so there may be more. */
const shareWords = (
  parts: readonly (readonly [part: number, what: string])[],
  whole: number,
  isLeast: boolean,
): string => `${isLeast ? 'at least ' : ''}${parts.map(([part, what]) => `${percent(part, whole)} ${what}`).join(', ')}`

const told = (snapshot: Snapshot, { node }: Asking, look: FlowsLook): readonly Words[] => {
  const fill = fillAt(snapshot, node)
  if (look.listed === undefined || fill === undefined) return []
  const { flows, began } = look.listed
  const { total, rest } = flows
  const { isLeast, assured, unreplied, clients } = fill
  const shares = (...parts: readonly (readonly [part: number, what: string])[]): string =>
    shareWords(parts, total, isLeast)
  // Of nothing there are no shares.
  const standings = total === 0 ? '' : `: ${shares([assured, 'assured'], [unreplied, 'unreplied'])}`
  const whose =
    snapshot.cluster === undefined
      ? 'no cluster is watched: addresses are not told by name'
      : total === 0
        ? ''
        : `clients: ${shares([clients.pod, 'pods'], [clients.node, 'nodes'], [clients.other, 'nobody of the cluster'])}`
  const left = rest === 0 ? '' : `; ${rest} entries are in groups too small to be told`
  const full = fullWords(look, assured, total, isLeast)
  return [
    { text: `${fillWords(look)}${standings}${listedWords(look, total)}${left}`, style: 'plain' },
    ...(began === undefined
      ? full === ''
        ? []
        : [{ text: full.replace(/^; /, ''), style: 'critical' } as const]
      : [beganWords(began, full)]),
    ...(whose === '' ? [] : [{ text: whose, style: 'plain' } as const]),
    ...look.lacks.map(({ what, advice }): Words => ({ text: `not seen: ${what}: ${advice}`, style: 'dim' })),
  ]
}

/** What stands above the rows. */
export const standingLines = (snapshot: Snapshot, asking: Asking, width: number): readonly Line[] => {
  const first = whenWords(snapshot, asking, sightOf(snapshot, asking))
  const listing = listingOf(snapshot, asking.node)
  const others = listing === undefined ? [] : told(snapshot, asking, listing.look)
  return [first, ...others].flatMap(({ text, style }) =>
    wrapInto(clean(text), Math.max(10, width), 4).map((line): Line => [{ ...segment(''), text: line, style }]),
  )
}
