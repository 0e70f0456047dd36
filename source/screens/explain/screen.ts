import type { NodeName } from '../../events/subject.ts'
import { segment } from '../../interface/lines.ts'
import { screen } from '../../interface/screen.ts'
import { drawText, scrollBindings, scrollBy } from '../../interface/scroll.ts'
import type { MetricId } from '../../metrics/catalogue.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import type { Segment } from '../../text/colour.ts'
import { explainLines } from './lines.ts'

interface State {
  readonly node: NodeName | undefined
  readonly metric: MetricId | undefined
  readonly top: number
}

const linesOf = (snapshot: Snapshot, { node, metric }: State, width: number): readonly (readonly Segment[])[] =>
  node === undefined || metric === undefined
    ? [[segment('choose a figure in a table with the arrow keys and press x')]]
    : explainLines(snapshot, node, metric, width)

/** Everything about the figure under the cursor. */
export const explainScreen = screen<State>({
  name: 'explain',
  aliases: ['x'],
  purpose: 'what a figure means, where it comes from, and what to do',
  table: false,
  bindings: scrollBindings,
  initial: ({ node, metric }) => ({ node, metric, top: 0 }),
  press: (state, action, snapshot, size) => ({
    state: { ...state, top: scrollBy(state.top, action, linesOf(snapshot, state, size.columns).length, size.rows) },
    effects: [],
  }),
  title: (_, { node, metric }) => clean(`explain ${node ?? ''} ${metric ?? ''}`),
  body: (snapshot, state, size, theme) => drawText(linesOf(snapshot, state, size.columns), state.top, size, theme),
  subject: (_, { node, metric }) => ({ ...(node ? { node } : {}), ...(metric ? { metric } : {}) }),
})
