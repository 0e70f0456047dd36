import type { Pace } from '../../events/inquiry.ts'
import type { Look } from '../../events/looks.ts'
import { segment, wrapInto } from '../../interface/lines.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import type { Segment, Style } from '../../text/colour.ts'
import { formatAge, formatValue } from '../../text/units.ts'
import { questionWords } from './question-words.ts'
import type { Sight } from './seen.ts'
import { successorOf } from './successor.ts'
import { nodeOf, type Target, troubleOf } from './target.ts'

type Line = readonly Segment[]

interface Words {
  readonly text: string
  readonly style: Style
}

/** How the node's link is, where it is not live; undefined: it is. */
const linkTrouble = (snapshot: Snapshot, target: Target): string | undefined => {
  const node = nodeOf(target)
  const link = node === undefined ? undefined : snapshot.nodes.get(node)?.link
  if (node === undefined || link?.state === 'live') return undefined
  if (link === undefined) return `${node} is not connected yet`
  const cause = link.cause === '' ? '' : `: ${link.cause}`
  return link.state === 'not-asked'
    ? `kntop does not log in to ${node}${cause}`
    : `${node} is ${link.state}${cause}; r tries it again`
}

/** Who may be looked at instead of a pod that is gone. */
const offer = (snapshot: Snapshot, target: Target): string => {
  const successor = successorOf(snapshot, target)
  if (successor !== undefined)
    return `; n follows ${successor.id}${successor.node === undefined ? '' : ` on ${successor.node}`}`
  return target.kind === 'pod' && target.fate === 'gone' && target.record.owner !== ''
    ? `; ${target.record.owner} has no other pod`
    : ''
}

/** The key that has it looked at anew; nothing where there is nothing to look at. */
const again = (snapshot: Snapshot, target: Target): string => {
  if (troubleOf(snapshot, target) !== undefined) return ''
  return linkTrouble(snapshot, target) === undefined ? '; r looks again' : '; r tries the node again'
}

const ageSince = (snapshot: Snapshot, at: number): string => formatAge(Math.max(0, snapshot.at - at) / 1000)

/** What costs more is looked at less often. */
const paceWords = (pace: Pace | undefined): string =>
  pace === undefined
    ? ''
    : `, every ${formatValue(pace.seconds, 's')} because it takes ${formatValue(pace.cost, 'ms')} of CPU`

/** What a listing waits for that was agreed to; the listing itself is older than that. */
const datedWords = (snapshot: Snapshot, target: Target, { at, next }: Extract<Sight, { state: 'dated' }>): Words => {
  const age = ageSince(snapshot, at)
  if (next === undefined) return { text: `seen ${age} ago, once; r counts anew`, style: 'note' }
  const before = `; what follows was seen ${age} ago`
  if (next.state === 'question')
    return { text: `${questionWords(next.look, nodeOf(target) ?? '')}${before}`, style: 'warning' }
  const trouble = linkTrouble(snapshot, target)
  if (trouble !== undefined) return { text: `waits: ${trouble}${before}`, style: 'warning' }
  return { text: `${next.isAgreed ? 'is being listed again' : 'is counted anew'}${before}`, style: 'note' }
}

const words = (snapshot: Snapshot, target: Target, sight: Sight): Words => {
  const successor = offer(snapshot, target)
  switch (sight.state) {
    case 'live': {
      const ending = target.kind === 'pod' && target.record.deleting ? `; the pod is being ended${successor}` : ''
      const text = `live, ${ageSince(snapshot, sight.at)} old${paceWords(sight.pace)}${ending}`
      return { text, style: ending === '' ? 'ok' : 'note' }
    }
    case 'dated':
      return datedWords(snapshot, target, sight)
    case 'past': {
      const text = `seen ${ageSince(snapshot, sight.at)} ago, no more since: ${sight.cause}`
      return { text: `${text}${successor === '' ? again(snapshot, target) : successor}`, style: 'warning' }
    }
    case 'taken':
      return sight.isTakenAgain === true
        ? { text: `taken ${ageSince(snapshot, sight.at)} ago, and just being taken again`, style: 'note' }
        : { text: `taken ${ageSince(snapshot, sight.at)} ago; r takes it again`, style: 'ok' }
    case 'untaken':
      return { text: sight.cause, style: 'note' }
    case 'waiting': {
      const trouble = linkTrouble(snapshot, target)
      return trouble === undefined
        ? { text: `waits for the first answer of ${nodeOf(target) ?? ''}`, style: 'note' }
        : { text: `waits: ${trouble}`, style: 'warning' }
    }
    case 'refused': {
      const trouble = linkTrouble(snapshot, target)
      return { text: trouble ?? `cannot be seen: ${sight.cause}; r looks again`, style: 'warning' }
    }
    case 'impossible':
      return { text: `${sight.cause}${successor}`, style: target.kind === 'none' ? 'plain' : 'warning' }
  }
}

/** `pid 4711 found by its cgroup, entered as root`; of a node itself no process stands for it. */
export const footingWords = (target: Target, { footing, tab }: Look): string => {
  const { way, pid, right } = footing
  if (tab === 'rules')
    return `of ${nodeOf(target) ?? 'the node'}, seen as ${right === 'root' ? 'root' : 'an ordinary user'}`
  if (target.kind === 'host') return `seen as ${right === 'root' ? 'root' : 'an ordinary user'}`
  return `pid ${pid} found by ${way}, ${right === 'root' ? 'entered as root' : 'seen as an ordinary user'}`
}

/** That a namespace is the node's own; undefined: it is one pod's. */
export const hostWords = (target: Target, { footing, tab }: Look): string | undefined => {
  const node = nodeOf(target) ?? ''
  // What a node does for a service is of none of its pods.
  if (target.kind === 'host' || tab === 'rules') return undefined
  return footing.isHost ? `host network: this is the namespace of ${node} itself, not of one pod` : undefined
}

/** How what is shown came about: since when, why no more, and by which way its namespace was reached. */
export const standingLines = (snapshot: Snapshot, target: Target, sight: Sight, width: number): readonly Line[] => {
  const { text, style } = words(snapshot, target, sight)
  const lines = wrapInto(clean(text), width, 3).map((line): Line => [{ text: line, style }])
  if (!('look' in sight)) return lines
  const [first = [], ...others] = lines
  const way = segment(`  ${footingWords(target, sight.look)}`, 'dim')
  const host = hostWords(target, sight.look)
  return [
    ...(others.length === 0 && sight.state !== 'past' ? [[...first, way]] : lines),
    ...(host === undefined ? [] : wrapInto(clean(host), width, 2).map((line): Line => [{ text: line, style: 'note' }])),
  ]
}
