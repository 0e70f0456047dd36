import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { run } from './support/command.ts'
import { folder } from './support/names.ts'
import { makeMark } from './support/processes.ts'
import { watch } from './support/watch.ts'

/** Runs programs where another one stands in the place of a tool; nobody else sees that. */
const replaced = async (tool: string, script: string): Promise<readonly string[]> => {
  const place = (
    await run(['sh', '-c', 'readlink -f "$(PATH=/usr/sbin:/usr/bin:/sbin:/bin command -v "$1")"', 'sh', tool])
  ).trim()
  const other = join(mkdtempSync(join(folder, 'tool-')), tool)
  writeFileSync(other, `#!/bin/sh\n${script}\n`)
  chmodSync(other, 0o755)
  const mount = 'mount --bind "$1" "$2"; shift 2; exec "$@"'
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-ec', mount, 'sh', other, place]
}

describe('an ss that hangs, and cannot be asked to end', () => {
  test('costs the round-trip times and nothing else, and is not left behind', async () => {
    const mark = makeMark()
    const enter = await replaced('ss', "trap '' TERM; exec sleep 3600")
    const watched = await watch({ enter: ['env', mark.variable, ...enter] })
    const node = await watched.until('a word on ss', ({ reading }) => {
      const rtt = reading('rtt.p50')
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
    // The tool's own time limit ends it, whoever is still there to wait.
    await vi.waitFor(() => expect(mark.processes()).toEqual([]), { timeout: 10_000, interval: 50 })
  })
})
