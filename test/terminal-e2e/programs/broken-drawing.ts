import { lastWords } from '../../../source/cli/last-words.ts'
import type { Event } from '../../../source/events/event.ts'
import { watch } from '../../../source/modes/watch.ts'
import { createStore } from '../../../source/store/store.ts'
import type { Clean } from '../../../source/text/clean.ts'
import { arrival, clock, nodeNames } from '../../scenarios/cluster.ts'
import { quietFeed } from './quiet-feed.ts'

// The terminal interface on nodes of which one gets, at SIGUSR2, a fact that nothing can draw. Ends as the program does.
const [node] = nodeNames(1)
if (node === undefined) throw new Error('no node')

const undrawable = {
  toString() {
    throw new Error('a fault in drawing')
  },
} as unknown as Clean

const feed = quietFeed((emit, signal) => {
  const say = (...events: readonly Event[]): void => emit([...events, clock(10)])
  say(...arrival(node, 10))
  process.on('SIGUSR2', () => {
    say({ type: 'fact', subject: { node }, fact: 'kernel.release', value: undrawable })
  })
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
})

try {
  process.exit(await watch({ feed, store: createStore(), capabilities: { colour: '256', glyphs: 'block' } }))
} catch (error) {
  process.stderr.write(lastWords(error))
  process.exit(1)
}
