import { segment } from '../../interface/lines.ts'
import { said, screen } from '../../interface/screen.ts'
import { drawText, scrollBindings, scrollBy } from '../../interface/scroll.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { type Clean, clean } from '../../text/clean.ts'
import type { Segment } from '../../text/colour.ts'
import { wrap } from '../../text/width.ts'
import { asksOf } from './asking.ts'
import { factLines } from './body.ts'
import { standingLines } from './standing.ts'
import { parametersOf, type State as Shown, stateOf, viewOf } from './state.ts'
import { nodeOf, targetOf } from './target.ts'

type Line = readonly Segment[]

interface State {
  readonly shown: Shown
  readonly top: number
}

/** What a person would type; none while nothing was seen. */
const commandsOf = (snapshot: Snapshot, { shown }: State): readonly Clean[] => {
  const { sight } = viewOf(snapshot, shown)
  return 'look' in sight ? sight.look.byHand : []
}

const commandLines = (commands: readonly Clean[], width: number): readonly Line[] =>
  commands.flatMap((command) =>
    wrap(command, Math.max(10, width - 2)).map(
      (text, index): Line => [segment(index === 0 ? '' : '  '), { text, style: 'accent' }],
    ),
  )

const linesOf = (snapshot: Snapshot, state: State, width: number): readonly Line[] => {
  const view = viewOf(snapshot, state.shown)
  const { sight, target } = view
  const standing = standingLines(snapshot, target, sight, width)
  if (!('look' in sight)) return [...standing, [], [segment('the commands are known once something was seen', 'dim')]]
  const { footing, byHand } = sight.look
  const where = `On ${nodeOf(target) ?? 'the node'}${footing.right === 'root' ? ', as root' : ''}:`
  return [
    [segment(where, 'title')],
    ...(byHand.length === 0
      ? [[segment('there is no command that shows the same', 'dim')]]
      : commandLines(byHand, width)),
    [],
    ...standing,
    ...factLines(snapshot, view, width),
  ]
}

/** What a person would type on the node to see what a tab shows, and all of what the tab had no room for. */
export const byHandScreen = screen<State>({
  name: 'by-hand',
  aliases: [],
  purpose: 'the commands that show on the node what a tab of a pod shows',
  table: false,
  bindings: [
    ...scrollBindings,
    { action: 'copy', keys: ['c'], label: 'copy the commands', header: 10 },
    { action: 'leave', keys: ['x', 'enter'], label: 'back', header: 20 },
  ],
  initial: (parameters) => ({ shown: stateOf(parameters), top: 0 }),
  press(state, action, snapshot, size) {
    if (action === 'leave') return { state, effects: [{ type: 'back' }] }
    if (action === 'copy') {
      const commands = commandsOf(snapshot, state)
      return {
        state,
        effects: [
          commands.length === 0 ? said('there is no command to copy yet') : { type: 'copy', text: commands.join('\n') },
        ],
      }
    }
    const { length } = linesOf(snapshot, state, size.columns)
    return { state: { ...state, top: scrollBy(state.top, action, length, size.rows) }, effects: [] }
  },
  title: (_, { shown }) => clean(`by-hand(${[shown.pod ?? shown.node, shown.tab].filter(Boolean).join(' ')})`),
  body: (snapshot, state, size, theme) => drawText(linesOf(snapshot, state, size.columns), state.top, size, theme),
  subject: (snapshot, { shown }) => parametersOf(shown, targetOf(snapshot, shown)),
  asks: (snapshot, { shown }) => asksOf(snapshot, shown),
})
