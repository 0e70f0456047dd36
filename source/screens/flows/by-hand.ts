import type { Inquiry } from '../../events/inquiry.ts'
import { handScreen } from '../by-hand/screen.ts'
import { standingLines } from './standing.ts'
import { type Asking, askingOf, sightOf } from './state.ts'

interface Shown {
  readonly asking: Asking
  /** A listing that is under way goes on: a yes is good for one. */
  readonly asks: readonly Inquiry[]
}

/** What a person would type on the node to list its table, and to see who opens new connections in it. */
export const flowsByHandScreen = handScreen<Shown>({
  name: 'flows-by-hand',
  purpose: 'the commands that show on the node who fills its connection tracking',
  shownOf: (parameters) => ({ asking: askingOf(parameters), asks: parameters.asks ?? [] }),
  titleOf: ({ asking: { node } }) => `by-hand(${[node, 'flows'].filter(Boolean).join(' ')})`,
  commandsOf(snapshot, { asking }) {
    const look = sightOf(snapshot, asking)?.look
    return look === undefined
      ? undefined
      : { where: `On ${asking.node ?? 'the node'}, as root:`, commands: look.byHand }
  },
  linesOf: (snapshot, { asking }, width) => standingLines(snapshot, asking, width),
  subjectOf: (_, { asking: { node } }) => (node === undefined ? {} : { node }),
  asksOf: (_, { asks }) => asks,
})
