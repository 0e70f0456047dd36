import { writeFileSync } from 'node:fs'
import { watch } from '../../../source/modes/watch.ts'
import { createStore } from '../../../source/store/store.ts'
import { quietFeed } from './quiet-feed.ts'

// The terminal interface with a feed that keeps the thread for ever, as one that reads many keys would for a while. It makes the
// file that its argument names when it begins.
const [path] = process.argv.slice(2)
if (path === undefined) throw new Error('no file')

const feed = quietFeed(() => {
  writeFileSync(path, '')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  return Promise.resolve()
})

await watch({ feed, store: createStore(), capabilities: { colour: '256', glyphs: 'block' } })
