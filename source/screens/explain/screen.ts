import type { NodeName } from '../../events/subject.ts'
import { segment } from '../../interface/lines.ts'
import { screen } from '../../interface/screen.ts'
import { drawText, scrollBindings, scrollBy } from '../../interface/scroll.ts'
import type { MetricId } from '../../metrics/catalogue.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import type { Segment } from '../../text/colour.ts'
import { kubernetesLines } from './kubernetes-lines.ts'
import { explainLines } from './lines.ts'
import { linkLines } from './link-lines.ts'
import { optInLines } from './opt-in-lines.ts'

interface State {
  readonly node: NodeName | undefined
  readonly metric: MetricId | undefined
  readonly optIn: string | undefined
  /** Whether what the API server says stands first. */
  readonly isOfKubernetes: boolean
  readonly top: number
}

const linesOf = (
  snapshot: Snapshot,
  { node, metric, optIn, isOfKubernetes }: State,
  width: number,
): readonly (readonly Segment[])[] => {
  if (node !== undefined && optIn !== undefined) return optInLines(snapshot, node, optIn, width)
  if (node !== undefined && metric !== undefined && !isOfKubernetes) return explainLines(snapshot, node, metric, width)
  if (node !== undefined) {
    const link = linkLines(snapshot, node, width)
    const kubernetes = kubernetesLines(snapshot, node, width)
    if (kubernetes.length === 0) return link
    return isOfKubernetes ? [...kubernetes, [], ...link] : [...link, [], ...kubernetes]
  }
  return [[segment('choose a figure in a table with the arrow keys and press x')]]
}

/** Everything about the figure, the opt-in, the link or the node under the cursor. */
export const explainScreen = screen<State>({
  name: 'explain',
  aliases: ['x'],
  purpose: 'what a figure means, where it comes from, and what to do',
  table: false,
  bindings: [...scrollBindings, { action: 'leave', keys: ['x', 'enter'], label: 'back' }],
  initial: ({ node, metric, optIn, tab }) => ({ node, metric, optIn, isOfKubernetes: tab === 'kubernetes', top: 0 }),
  press(state, action, snapshot, size) {
    if (action === 'leave') return { state, effects: [{ type: 'back' }] }
    const { length } = linesOf(snapshot, state, size.columns)
    return { state: { ...state, top: scrollBy(state.top, action, length, size.rows) }, effects: [] }
  },
  title: (_, { node, metric, optIn }) => clean(`explain(${[node, optIn ?? metric].filter(Boolean).join(' ')})`),
  body: (snapshot, state, size, theme) => drawText(linesOf(snapshot, state, size.columns), state.top, size, theme),
  subject: (_, { node, metric }) => ({ ...(node ? { node } : {}), ...(metric ? { metric } : {}) }),
})
