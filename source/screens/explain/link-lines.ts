import type { NodeName } from '../../events/subject.ts'
import { segment, timeOfDay } from '../../interface/lines.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import type { Segment } from '../../text/colour.ts'
import { formatAge } from '../../text/units.ts'
import { paragraph } from './paragraph.ts'

type Line = readonly Segment[]

/** All of a node's link: its state and why, the way it takes, and what happens next. */
export const linkLines = (snapshot: Snapshot, node: NodeName, width: number): readonly Line[] => {
  const view = snapshot.nodes.get(node)
  if (view?.link === undefined) return paragraph('Missing', `nothing was heard of ${node} yet`, width, 'note')
  const { transport, state, cause, remark, route, logins, lease, until } = view.link
  const given = (label: string, text: string | undefined): readonly Line[] =>
    text === undefined || text === '' ? [] : paragraph(label, text, width)
  return [
    [segment(`link of ${node}`, 'title')],
    [],
    ...paragraph(
      'State',
      `${state} since ${timeOfDay(view.linkSince)} UTC`,
      width,
      state === 'live' ? 'ok' : state === 'not-asked' ? 'note' : 'critical',
    ),
    ...given('Because', cause),
    ...given('Remark', remark),
    ...given(
      'Next',
      until === undefined ? undefined : `tried again in ${formatAge(Math.max(0, until - snapshot.at) / 1000)}`,
    ),
    [],
    ...given('Transport', transport),
    ...given('Route', route),
    ...given('Logins', logins === undefined ? undefined : `${logins} since kntop started`),
    ...given('Lease', lease === undefined ? undefined : `its sampler ends ${lease} s after kntop went silent`),
  ]
}
