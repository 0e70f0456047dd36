import { objectHint } from '../../interface/object-hint.ts'
import type { Size } from '../../interface/screen.ts'
import { hiddenMatch } from '../../interface/table/hidden-match.ts'
import { underCursor } from '../../interface/table/table.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import type { Segment } from '../../text/colour.ts'
import { podHint } from '../pods/hint.ts'
import { listSize, shareOf } from './body.ts'
import { type State, tableStateOf, viewOf } from './state.ts'

type Line = readonly Segment[]

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
    return view.target.kind === 'pod' && view.target.fate === 'there'
      ? podHint(snapshot, view.target.record, width)
      : undefined
  const [name = '', ...words] = list.words(snapshot, row)
  const lines = objectHint(words.length === 0 ? name : `${name};`, words.join('; '), width)
  const match = hiddenMatch(list.table, snapshot, table, own)
  return match === undefined ? lines : [lines[0] ?? [], match]
}
