import { segment } from '../../interface/lines.ts'
import { objectHint } from '../../interface/object-hint.ts'
import type { NodeView, Snapshot } from '../../store/snapshot.ts'
import type { Segment } from '../../text/colour.ts'
import { formatAge } from '../../text/units.ts'
import { heldFor, untilNext } from './columns.ts'

const help = [segment(' r tries it again, R all that are not live, x explains, enter opens the node', 'dim')]

const attempt = (seconds: number | undefined): string => {
  if (seconds === undefined) return ''
  return seconds === 0 ? '; it is tried again now' : `; it is tried again in ${formatAge(Math.ceil(seconds))}`
}

/** What is known of a link, what is wrong first: two lines, of which the second is for whoever draws it to cut. */
export const linkHint = (snapshot: Snapshot, node: NodeView, width: number): readonly (readonly Segment[])[] => {
  const { name, link } = node
  if (link === undefined) return [[segment(` ${name} `, 'title'), segment('nothing was heard of it yet')]]
  const { state, cause, remark, route } = link
  const parts = [
    `${state} for ${formatAge(heldFor(snapshot, node))}${cause === '' ? '' : `: ${cause}`}`,
    ...(remark === undefined ? [] : [`; ${remark}`]),
    attempt(untilNext(snapshot, link)),
    ...(route === undefined ? [] : [`; ${route}`]),
  ]
  const lines = objectHint(name, parts.join(''), width)
  return lines.length > 1 ? lines : [...lines, help]
}
