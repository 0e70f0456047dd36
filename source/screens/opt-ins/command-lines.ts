import type { OptInStatus } from '../../events/link.ts'
import { segment } from '../../interface/lines.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import type { Segment } from '../../text/colour.ts'
import { wrap } from '../../text/width.ts'
import { statusOf } from './rows.ts'

const headingOf = ({ state, command }: OptInStatus): string => {
  if (state === 'refused' || state === 'ended') return `${state} because`
  return command === '' ? 'why it cannot run here' : 'what it costs'
}

/** What an opt-in costs or why it does not run, and what it runs, in lines of at most `width` cells. */
export const commandLines = (snapshot: Snapshot, row: string, width: number): readonly (readonly Segment[])[] => {
  const status = statusOf(snapshot, row)
  if (status === undefined) return []
  const { command, detail } = status
  const text = (from: string): readonly (readonly Segment[])[] =>
    wrap(clean(from), width).map((line) => [segment(line)])
  return [
    [segment(headingOf(status), 'title')],
    ...text(detail),
    [segment('what runs on the node', 'title')],
    ...text(command === '' ? 'nothing: it cannot run here' : command),
  ]
}
