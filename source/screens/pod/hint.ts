import { segment, wrapInto } from '../../interface/lines.ts'
import type { Size } from '../../interface/screen.ts'
import { hiddenMatch } from '../../interface/table/hidden-match.ts'
import { underCursor } from '../../interface/table/table.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import type { Segment } from '../../text/colour.ts'
import { podHint } from '../pods/hint.ts'
import { listSize, shareOf } from './body.ts'
import { type State, tableStateOf, viewOf } from './state.ts'

type Line = readonly Segment[]

/** All of a row in at most two lines: what it is, then the rest. */
const wordLines = (words: readonly string[], width: number): readonly Line[] => {
  const [head = ''] = words
  const [first = clean(''), ...others] = wrapInto(clean(words.join('; ')), Math.max(10, width - 1), 2)
  const end = first.startsWith(head) ? head.length : first.length
  return [
    [segment(` ${first.slice(0, end)}`, 'title'), segment(first.slice(end))],
    ...others.map((text): Line => [segment(' '), { text, style: 'plain' }]),
  ]
}

/** What stands under the cursor; where there is no row, how the pod itself fares. */
export const hintOf = (snapshot: Snapshot, state: State, size: Size): readonly Line[] | undefined => {
  const view = viewOf(snapshot, state)
  const list = view.lists[view.chosen]
  // The hint stands outside the border, which has a blank at each side.
  const width = size.columns + 4
  const table = tableStateOf(state, view.chosen)
  const own = list === undefined ? undefined : listSize(view, shareOf(snapshot, view, size), size)
  const row = list === undefined || own === undefined ? undefined : underCursor(list.table, snapshot, table, own).row
  if (list === undefined || own === undefined || row === undefined)
    return view.target.kind === 'pod' ? podHint(view.target.record, width) : undefined
  const lines = wordLines(list.words(snapshot, row), width)
  const match = hiddenMatch(list.table, snapshot, table, own)
  return match === undefined ? lines : [lines[0] ?? [], match]
}
