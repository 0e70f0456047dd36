import { handScreen } from '../by-hand/screen.ts'
import { asksOf } from './asking.ts'
import { factLines } from './body.ts'
import { standingLines } from './standing.ts'
import { parametersOf, type State, stateOf, viewOf } from './state.ts'
import { nodeOf, targetOf } from './target.ts'

/** What a person would type on the node to see what a tab shows, and all of what the tab had no room for. */
export const byHandScreen = handScreen<State>({
  name: 'by-hand',
  purpose: 'the commands that show on the node what a tab of a pod shows',
  shownOf: stateOf,
  titleOf: ({ pod, node, tab }) => `by-hand(${[pod ?? node, tab].filter(Boolean).join(' ')})`,
  commandsOf(snapshot, shown) {
    const { sight, target } = viewOf(snapshot, shown)
    if (!('look' in sight)) return undefined
    const { footing, byHand } = sight.look
    const where = `On ${nodeOf(target) ?? 'the node'}${footing.right === 'root' ? ', as root' : ''}:`
    return { where, commands: byHand }
  },
  linesOf(snapshot, shown, width) {
    const view = viewOf(snapshot, shown)
    const standing = standingLines(snapshot, view.target, view.sight, width)
    return 'look' in view.sight ? [...standing, ...factLines(snapshot, view, width)] : standing
  },
  subjectOf: (snapshot, shown) => parametersOf(shown, targetOf(snapshot, shown)),
  asksOf,
})
