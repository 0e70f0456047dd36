// Watches this machine until it is killed: node watch-through.ts SUDO OPT-IN ENTER... Every program on it is run by ENTER.
// Prints a line for each second in which DNS lookups could be counted.
import type { NodeName } from '../../../source/events/subject.ts'
import { liveFeed } from '../../../source/feeds/live.ts'
import { connectThrough } from '../support/connect-through.ts'

const [, , sudo = '', optIn = '', ...enter] = process.argv

const feed = liveFeed([
  {
    node: 'watched' as NodeName,
    transport: 'local',
    connect: connectThrough(enter),
    settings: { etcdMetrics: [], ownPeers: [], sudo: sudo === 'root' ? 'root' : 'commands' },
    optIns: new Set([optIn]),
  },
])

await feed.run((events) => {
  for (const event of events) {
    if (event.type !== 'sample') continue
    const lookups = event.values[event.metrics.indexOf('dns.lookups')]
    if (lookups !== undefined && !Number.isNaN(lookups)) process.stdout.write(`lookups ${lookups}\n`)
  }
}, new AbortController().signal)
