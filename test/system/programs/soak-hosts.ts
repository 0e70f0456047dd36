// Watches hosts as the modes do, tries a lost one again at once, and says what it holds. node soak-hosts.ts FLAGS, which are
// settings as JSON. A line of JSON whenever something changed, `Lived`; and for each line on stdin one of `Held`. Ends with
// its stdin, or as kntop does after the line `end`.
import { EventEmitter } from 'node:events'
import { readdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { queryObjects } from 'node:v8'
import { resolve } from '../../../source/config/resolve.ts'
import type { Event } from '../../../source/events/event.ts'
import type { Link } from '../../../source/events/link.ts'
import { setup } from '../../../source/modes/setup.ts'
import { createStore } from '../../../source/store/store.ts'

/** `sampled`: nodes that have given a sample since they became live. */
export interface Lived {
  readonly live: number
  readonly sampled: number
  readonly logins: number
}

/** Once everything that nobody holds is collected. */
export interface Held {
  readonly descriptors: number
  /** Objects that live, by kind: whatever is left behind holds one of these, as a rule. Compiled code, which grows for minutes, is none. */
  readonly functions: number
  readonly promises: number
  readonly emitters: number
  readonly targets: number
  /** Bytes. */
  readonly resident: number
}

const flags = JSON.parse(process.argv[2] ?? '') as Record<string, string>
const { feed } = await setup(resolve({ flags, environment: {} }, null), { stateFolder: undefined, door: 'headless' })
const store = createStore({ historyBytes: 8 * 2 ** 20 })
const stop = new AbortController()
const links = new Map<string, Link>()
const sampled = new Set<string>()
let said = ''

const say = (line: Lived | Held): void => {
  const text = `${JSON.stringify(line)}\n`
  if (text !== said) process.stdout.write(text)
  said = text
}

const tell = (): void => {
  const all = [...links.values()]
  say({
    live: all.filter(({ state }) => state === 'live').length,
    sampled: sampled.size,
    logins: all.reduce((sum, { logins = 0 }) => sum + logins, 0),
  })
}

const emit = (events: readonly Event[]): void => {
  store.apply(events)
  for (const event of events) {
    if (event.type !== 'link' && event.type !== 'sample') continue
    if (!('node' in event.subject)) continue
    const { node } = event.subject
    if (event.type === 'sample') {
      if (links.get(node)?.state === 'live') sampled.add(node)
      continue
    }
    links.set(node, event.link)
    if (event.link.state !== 'live') sampled.delete(node)
    if (event.link.state === 'lost') feed.retry([node])
  }
  tell()
}

const measure = (): void =>
  say({
    descriptors: readdirSync('/proc/self/fd').length,
    functions: queryObjects(Function, { format: 'count' }),
    promises: queryObjects(Promise, { format: 'count' }),
    emitters: queryObjects(EventEmitter, { format: 'count' }),
    targets: queryObjects(EventTarget, { format: 'count' }),
    resident: process.memoryUsage.rss(),
  })

createInterface({ input: process.stdin })
  .on('line', (line) => (line === 'end' ? stop.abort() : measure()))
  .on('close', () => stop.abort())
await feed.run(emit, stop.signal)
process.exit(0)
