import type { FlowsLook, NewFlows } from '../../events/looks.ts'
import { segment, wrapInto } from '../../interface/lines.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import type { Segment, Style } from '../../text/colour.ts'
import { formatAge, formatValue } from '../../text/units.ts'
import { fillAt } from './rows.ts'
import { asksOf, causeOf, isQuestion, type Sight, type State, sightOf } from './state.ts'

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

/** Whether it is known already, is being looked at, waits for a yes, or cannot be had. */
const whenWords = (snapshot: Snapshot, state: State, sight: Sight | undefined): Words => {
  const { node } = state
  if (node === undefined || !snapshot.nodes.has(node))
    return { text: 'choose a node in :nodes and press t', style: 'plain' }
  const before = sight?.look.listed === undefined ? '' : `; what follows is ${ageOf(snapshot, sight)} old`
  const cause = causeOf(snapshot, state)
  if (cause !== undefined) return { text: `cannot be seen: ${cause}; r looks again${before}`, style: 'warning' }
  if (asksOf(snapshot, state).length > 0) {
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
    return { text: `${counted}: ${price}. y lists them, once; esc leaves it`, style: 'warning' }
  }
  const took = `it took ${node} ${formatValue(listed.cost, 'ms')} of CPU (${cost} expected)`
  return { text: `seen ${ageOf(snapshot, sight)} ago; ${took}`, style: 'ok' }
}

/** Nearly full: what is left is used up within a second by a node that is busy. */
const fullFrom = 0.98

/** What a full table means to whoever comes next: the kernel puts out others, but none that is assured. */
const fullWords = ({ entries, maximum }: FlowsLook, assured: number, told: number): string => {
  if (maximum === 0 || entries < maximum * fullFrom) return ''
  const share = `the table is full, and ${percent(assured, told)} of what it holds is assured`
  return assured > told / 2
    ? `; ${share}, which the kernel puts out for nobody: new connections are dropped`
    : `; ${share}: a new connection puts out one that is not`
}

const beganWords = (look: FlowsLook, began: NewFlows, assured: number, told: number): Words => {
  const { total, seconds, isLossy } = began
  const during = formatValue(Math.round(seconds), 's')
  const full = fullWords(look, assured, told)
  const style = full === '' ? (isLossy ? 'note' : 'plain') : 'critical'
  if (total === 0)
    return { text: `none began in ${during}${full === '' ? '' : ', so no rate can be told'}${full}`, style }
  const rate = `${isLossy ? 'more than ' : ''}${formatValue(total / seconds, '/s')} begin: ${total} in ${during}`
  return { text: `${rate}${isLossy ? ', and some were missed' : ''}${full}`, style }
}

const told = (snapshot: Snapshot, { node }: State, look: FlowsLook): readonly Words[] => {
  const fill = fillAt(snapshot, node)
  if (look.listed === undefined || fill === undefined) return []
  const { flows, began } = look.listed
  const inGroups = flows.total - flows.rest
  const { pod, other, node: nodes } = fill.clients
  // Of nothing there are no shares.
  const standings =
    inGroups === 0 ? '' : `: ${percent(fill.assured, inGroups)} assured, ${percent(fill.unreplied, inGroups)} unreplied`
  const whose =
    snapshot.cluster === undefined
      ? 'no cluster is watched: addresses are not told by name'
      : inGroups === 0
        ? ''
        : `clients: ${percent(pod, inGroups)} pods, ${percent(nodes, inGroups)} nodes, ${percent(other, inGroups)} nobody of the cluster`
  const rest = flows.rest === 0 ? '' : `; ${flows.rest} entries are in groups too small to be told`
  return [
    { text: `${fillWords(look)}${standings}${rest}`, style: 'plain' },
    ...(began === undefined ? [] : [beganWords(look, began, fill.assured, inGroups)]),
    ...(whose === '' ? [] : [{ text: whose, style: 'plain' } as const]),
    ...look.lacks.map(({ what, advice }): Words => ({ text: `not seen: ${what}: ${advice}`, style: 'dim' })),
  ]
}

/** What stands above the rows. */
export const standingLines = (snapshot: Snapshot, state: State, width: number): readonly Line[] => {
  const sight = sightOf(snapshot, state)
  const first = whenWords(snapshot, state, sight)
  const others = sight === undefined || isQuestion(snapshot, state) ? [] : told(snapshot, state, sight.look)
  return [first, ...others].flatMap(({ text, style }) =>
    wrapInto(clean(text), Math.max(10, width), 4).map((line): Line => [{ ...segment(''), text: line, style }]),
  )
}
