import type { Request } from '../../events/request.ts'
import { segment } from '../../interface/lines.ts'
import { type Effect, type Pressed, type Size, said, screen } from '../../interface/screen.ts'
import { drawText } from '../../interface/scroll.ts'
import { tableAbove } from '../../interface/table/above.ts'
import { countWords, drawTable, orderOf, shownOf, underCursor } from '../../interface/table/table.ts'
import { emptyTable, filtered, pinned, reduceTable, type TableState } from '../../interface/table/table-state.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean, joinClean } from '../../text/clean.ts'
import { gone, isDecided } from './effects.ts'
import { requestLines } from './lines.ts'
import { questionTable } from './rows.ts'

const howToOpen: Readonly<Record<Request['answer'], string>> = {
  'yes-no': 'enter opens it: only there y accepts, and n refuses',
  'yes-no-always': 'enter opens it: only there y or a accepts, and n refuses',
  secret: 'enter opens it, with a line for the answer, which is not shown',
  text: 'enter opens it, with a line for the answer',
}

const tableSize = (snapshot: Snapshot, size: Size): Size => tableAbove(snapshot.requests.size, size).above

const requestUnder = (snapshot: Snapshot, state: TableState, size: Size): Request | undefined => {
  const { row } = underCursor(questionTable, snapshot, state, tableSize(snapshot, size))
  return row === undefined ? undefined : snapshot.requests.get(row)
}

/** A typed answer begins at once, with all of its question in view. */
const opened = (request: Request): readonly Effect[] => [
  { type: 'open', screen: 'question', parameters: { request } },
  ...(isDecided(request) ? [] : [{ type: 'ask' as const, request }]),
]

const press = (before: TableState, action: string, snapshot: Snapshot, size: Size): Pressed<TableState> => {
  if (action !== 'open') {
    const shown = shownOf(questionTable, snapshot, before, tableSize(snapshot, size))
    return { state: reduceTable(before, action, shown), effects: [] }
  }
  const state = pinned(before, orderOf(questionTable, snapshot, before))
  const request = requestUnder(snapshot, before, size)
  if (request === undefined) return { state, effects: [said(questionTable.empty)] }
  // The cursor stood on one that went away: what is typed for it must not reach the next.
  if (before.cursor !== undefined && before.cursor !== request.id) return { state, effects: [said(gone)] }
  return { state, effects: opened(request) }
}

/** What only a person can say, and nodes wait for. */
export const questionsScreen = screen<TableState>({
  name: 'questions',
  aliases: ['qs', '!'],
  purpose: 'what waits for an answer: passphrases, logins, host keys, consent',
  table: true,
  bindings: [{ action: 'open', keys: ['enter'], label: 'answer', header: 10 }],
  initial: () => emptyTable,
  press,
  filter: filtered,
  title: (snapshot, state) => {
    const shown = orderOf(questionTable, snapshot, state).length
    return clean(`questions[${countWords(shown, snapshot.requests.size)}]`)
  },
  body(snapshot, state, size, theme) {
    const { above, below } = tableAbove(snapshot.requests.size, size)
    const request = requestUnder(snapshot, state, size)
    const lines = request === undefined ? [] : requestLines(request, size.columns, howToOpen[request.answer])
    return [
      ...drawTable(questionTable, snapshot, state, above, theme),
      ...drawText(lines, 0, below, theme, 'enter opens it'),
    ]
  },
  hint(snapshot, state, size) {
    const request = requestUnder(snapshot, state, size)
    return request === undefined
      ? undefined
      : [
          [{ text: joinClean([clean(' '), request.title]), style: 'title' }],
          [segment(` ${howToOpen[request.answer]}`, 'dim')],
        ]
  },
})
