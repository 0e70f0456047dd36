import type { Request } from '../../events/request.ts'
import { segment } from '../../interface/lines.ts'
import { type Effect, type Pressed, said, screen } from '../../interface/screen.ts'
import { drawText, scrollBindings, scrollBy } from '../../interface/scroll.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean, joinClean } from '../../text/clean.ts'
import type { Segment } from '../../text/colour.ts'
import { wrap } from '../../text/width.ts'
import { answered, gone, isDecided } from './effects.ts'
import { howToAnswer, requestLines } from './lines.ts'

interface State {
  /** As it was read: an answer is to this one, and to no other that has come in its place. */
  readonly request: Request | undefined
  readonly top: number
}

const changed = 'this question has changed: enter shows it as it is now'

/** The question as it is now; undefined: it is gone. */
const current = ({ requests }: Snapshot, { request }: State): Request | undefined =>
  request === undefined ? undefined : requests.get(request.id)

const linesOf = (snapshot: Snapshot, state: State, width: number): readonly (readonly Segment[])[] => {
  const { request } = state
  if (request === undefined) return [[segment('choose a question in :questions and press enter')]]
  const now = current(snapshot, state)
  if (now === request) return requestLines(request, width)
  const text = now === undefined ? `${gone}; esc goes back` : changed
  return wrap(clean(text), width).map((line) => [{ text: line, style: 'warning' as const }])
}

const answer = (request: Request, action: string): readonly Effect[] => {
  if (action === 'no') return [...answered(request, { said: 'no' }), { type: 'back' }]
  if (!isDecided(request)) return action === 'type' ? [{ type: 'ask', request }] : [said(howToAnswer[request.answer])]
  if (action === 'yes' || (action === 'always' && request.answer === 'yes-no-always'))
    return [...answered(request, { said: action }), { type: 'back' }]
  return [said(`${action === 'type' ? 'enter accepts nothing: ' : ''}${howToAnswer[request.answer]}`)]
}

const press = (state: State, action: string, snapshot: Snapshot): Pressed<State> => {
  const { request } = state
  const now = current(snapshot, state)
  if (request === undefined) return { state, effects: [] }
  if (now === undefined) return { state, effects: [said(gone)] }
  if (now === request) return { state, effects: answer(request, action) }
  return action === 'type' ? { state: { request: now, top: 0 }, effects: [] } : { state, effects: [said(changed)] }
}

const ownActions: ReadonlySet<string> = new Set(['yes', 'always', 'no', 'type'])

/** One question with all that there is to know of it. Only an explicit y accepts. */
export const questionScreen = screen<State>({
  name: 'question',
  aliases: [],
  purpose: 'one question, with all that there is to know to answer it',
  table: false,
  bindings: [
    { action: 'yes', keys: ['y'], label: 'yes', header: 10 },
    { action: 'always', keys: ['a'], label: 'always', header: 14 },
    { action: 'no', keys: ['n'], label: 'no', header: 12 },
    { action: 'type', keys: ['enter'], label: 'answer', header: 20 },
    ...scrollBindings,
  ],
  applies(snapshot, state, action) {
    const { request } = state
    if (!ownActions.has(action)) return true
    if (request === undefined || current(snapshot, state) === undefined) return false
    if (current(snapshot, state) !== request) return action === 'type'
    if (action === 'no') return true
    if (!isDecided(request)) return action === 'type'
    return action === 'yes' || (action === 'always' && request.answer === 'yes-no-always')
  },
  initial: ({ request }) => ({ request, top: 0 }),
  press(state, action, snapshot, size) {
    if (ownActions.has(action)) return press(state, action, snapshot)
    const { length } = linesOf(snapshot, state, size.columns)
    return { state: { ...state, top: scrollBy(state.top, action, length, size.rows) }, effects: [] }
  },
  title: (_, { request }) =>
    request === undefined ? clean('question') : joinClean([clean('question('), request.title, clean(')')]),
  body: (snapshot, state, size, theme) => drawText(linesOf(snapshot, state, size.columns), state.top, size, theme),
  hint(snapshot, state) {
    const { request } = state
    if (request === undefined || current(snapshot, state) !== request) return undefined
    return [[segment(` ${howToAnswer[request.answer]}; esc leaves it open`, 'dim')]]
  },
})
