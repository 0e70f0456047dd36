import { segment, wrapInto } from '../../interface/lines.ts'
import type { NodeView, Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import type { Segment } from '../../text/colour.ts'
import { formatAge } from '../../text/units.ts'
import { heldFor, untilNext } from './columns.ts'

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
  const room = Math.max(10, width - 1)
  const [first = clean(''), ...others] = wrapInto(clean(`${name} ${parts.join('')}`), room, 2)
  const head = first.startsWith(name) ? name : ''
  return [
    [segment(` ${head}`, 'title'), segment(first.slice(head.length))],
    ...others.map((text) => [segment(' '), { text, style: 'plain' as const }]),
    ...(others.length > 0
      ? []
      : [[segment(' r tries it again, R all that are not live, x explains, enter opens the node', 'dim')]]),
  ]
}
