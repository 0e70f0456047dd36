import { lastWords } from '../../../source/cli/last-words.ts'
import type { Event } from '../../../source/events/event.ts'
import type { Feed } from '../../../source/events/feed.ts'
import { watch } from '../../../source/modes/watch.ts'
import { createStore } from '../../../source/store/store.ts'
import { clean } from '../../../source/text/clean.ts'
import { arrival, clock, link, nodeNames, request } from '../../scenarios/cluster.ts'

// The terminal interface on a node that is refused until somebody types what it asks for, a text of seven letters, and it is
// tried again. At SIGUSR2 the feed fails, with an error that holds what was typed. Ends as the program does.
const [node] = nodeNames(1)
if (node === undefined) throw new Error('no node')

let tell: (events: readonly Event[]) => void = () => undefined
const say = (...events: readonly Event[]): void => tell([...events, clock(10)])
let isKnown = false
let answered: unknown

const feed: Feed = {
  run(emit, signal) {
    tell = emit
    say(...arrival(node, 10), link(node, 10, 'denied', 'needs a password'), request('password'))
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => resolve())
      process.on('SIGUSR2', () => reject(Object.assign(new Error('the feed broke', { cause: answered }), { answered })))
    })
  },
  optIn: () => undefined,
  sampleNow: () => Promise.resolve(),
  answer(id, answer) {
    answered = answer
    isKnown = answer.said === 'text' && answer.text.length === 7
    say({ type: 'request-gone', id }, link(node, 10, 'lost', isKnown ? 'try again' : clean(`said ${answer.said}`)))
  },
  inquire: () => undefined,
  inquireAgain: () => undefined,
  retry: (nodes) =>
    say(link(node, 10, isKnown ? 'live' : 'denied', '', { remark: clean(`tried ${nodes.toString()}`) })),
}

try {
  process.exit(await watch({ feed, store: createStore(), capabilities: { colour: '256', glyphs: 'block' } }))
} catch (error) {
  process.stderr.write(lastWords(error))
  process.exit(1)
}
