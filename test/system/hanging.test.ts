import { describe, expect, test } from 'vitest'
import { unprivileged } from './support/namespace.ts'
import { makeMark } from './support/processes.ts'
import { replaced } from './support/replaced.ts'
import { watch } from './support/watch.ts'

describe('an ss that hangs, and cannot be asked to end', () => {
  test('costs the round-trip times and nothing else, and is not left behind', async () => {
    const mark = makeMark()
    const enter = await replaced('ss', () => "trap '' TERM; exec sleep 3600")
    const watched = await watch({ enter: ['env', mark.variable, ...enter, ...unprivileged] })
    const node = await watched.until('a word on ss', (seen) => {
      const rtt = seen.reading('rtt.p50')
      return rtt.kind === 'missing' && rtt.advice.includes('ss')
    })
    for (const metric of ['rtt.p50', 'rtt.p99', 'rtt.min', 'rtt.sockets'] as const)
      expect(node.reading(metric)).toMatchObject({
        kind: 'missing',
        missing: 'no-data',
        advice: expect.stringMatching(/^ss did not answer within 4 s: look at the load/) as unknown,
      })
    await watched.nextFrame()
    for (const metric of ['cpu.busy', 'softnet.drops', 'udp.datagrams_out'] as const)
      expect(watched.reading(metric), metric).toMatchObject({ kind: 'live' })
    expect(watched.node().link).toMatchObject({ state: 'live' })

    await watched.end()
    expect(mark.processes()).toEqual([])
  })
})
