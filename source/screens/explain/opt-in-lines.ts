import type { OptInStatus } from '../../events/link.ts'
import type { NodeName } from '../../events/subject.ts'
import { segment } from '../../interface/lines.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import type { Segment } from '../../text/colour.ts'
import { paragraph } from './paragraph.ts'

const stateOf = ({ state, command, asked }: OptInStatus): string =>
  asked ? `${state}, asked for` : `${state}, not asked for${command === '' ? ', and cannot run here' : ''}`

/** All of an opt-in on a node: how it fares, what it costs, and the whole command. */
export const optInLines = (
  snapshot: Snapshot,
  node: NodeName,
  optIn: string,
  width: number,
): readonly (readonly Segment[])[] => {
  const status = snapshot.nodes.get(node)?.optIns.get(optIn)
  if (status === undefined) return paragraph('Missing', `there is no opt-in ${optIn} on ${node}`, width, 'note')
  const { state, detail, command } = status
  return [
    [segment(`${optIn} on ${node}`, 'title')],
    [],
    ...paragraph('State', stateOf(status), width),
    ...paragraph(command === '' || state === 'refused' || state === 'ended' ? 'Because' : 'Costs', detail, width),
    [],
    ...paragraph('Runs', command === '' ? 'nothing: it cannot run here' : command, width),
    [],
    ...paragraph('Switch', 'back with esc, then space here or a on all nodes', width),
  ]
}
