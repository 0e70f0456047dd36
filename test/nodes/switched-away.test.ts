import { describe, expect, test } from 'vitest'
import type { OptInStatus } from '../../source/events/link.ts'
import { type Connect, type Connection, ConnectionError } from '../../source/nodes/connections/connection.ts'
import { connectLocal } from '../../source/nodes/connections/local.ts'
import { planOf } from '../../source/nodes/plan.ts'
import type { Probe, Refusal, Script, StreamTier } from '../../source/nodes/probe.ts'
import { nothingTaken } from '../../source/nodes/taken.ts'
import { clean } from '../../source/text/clean.ts'
import { mark } from './processes.ts'
import { watched } from './watched-node.ts'

const patience = { timeout: 15_000, interval: 20 }

const tapping = (wanted: Script | Refusal): Probe => {
  const tier: StreamTier<null> = {
    kind: 'stream',
    tier: 'tap',
    metrics: ['dns.lookups'],
    start: null,
    lease: 60,
    overlap: 5,
    optIn: { name: 'dns-capture', cost: 'a little' },
    scripts: () => [],
    program: () => wanted,
    step: (state) => state,
    tick: (state) => ({ state, taken: nothingTaken() }),
  }
  return { name: 'dns', takes: { uptime: { kind: 'whole', file: '/proc/uptime', every: 1 } }, tiers: [tier] }
}

/** This machine with one opt-in, which is reached once, and again when the test says so. */
const reachedOnce = (wanted: Script | Refusal) => {
  const marked = mark()
  const state: { reached: Connection | undefined; isThere: boolean } = { reached: undefined, isThere: true }
  const connect: Connect = async () => {
    if (!state.isThere) throw new ConnectionError({ state: 'lost', cause: clean('gone'), again: 'asked' })
    state.reached = await connectLocal()
    return state.reached
  }
  const probes = [tapping(wanted)]
  const it = watched({ probes, plan: planOf(probes), connect })
  const told = (): readonly OptInStatus[] =>
    it.events.flatMap((event) => (event.type === 'opt-in' ? [event.status] : []))
  return {
    told,
    watch: it.watch,
    heard: async (status: Partial<OptInStatus>) => {
      await expect.poll(() => told().at(-1), patience).toMatchObject(status)
    },
    lose: async () => {
      state.isThere = false
      state.reached?.close()
      await expect.poll(() => it.states().at(-1), patience).toBe('lost')
    },
    find: () => {
      state.isThere = true
      it.watch.retry()
    },
    [Symbol.asyncDispose]: async () => {
      await it.end()
      marked.forget()
    },
  }
}

const waits: Script = { text: 'read -r _', args: [] }

describe('an opt-in that is switched while its node is lost', () => {
  test('says at once that it is asked for, with its command and cost, and when it starts', async () => {
    await using it = reachedOnce(waits)
    await it.heard({ asked: false, state: 'off' })
    const command = it.told().at(-1)?.command ?? clean('')
    expect(command).toMatch('read -r _')
    await it.lose()
    it.watch.optIn('dns-capture', true)
    expect(it.told().at(-1)).toEqual({
      ...{ name: 'dns-capture', asked: true, command, state: 'starting' },
      detail: 'once the node is reached: a little',
    })
    it.find()
    await it.heard({ asked: true, state: 'running', command, detail: clean('a little') })
  })

  test('says at once that it is off, and is when the node comes back', async () => {
    await using it = reachedOnce(waits)
    await it.heard({ asked: false })
    it.watch.optIn('dns-capture', true)
    await it.heard({ asked: true, state: 'running' })
    await it.lose()
    it.watch.optIn('dns-capture', false)
    expect(it.told().at(-1)).toMatchObject({ asked: false, state: 'off', detail: 'a little' })
    const before = it.told().length
    it.find()
    await expect.poll(() => it.told().length, patience).toBeGreaterThan(before)
    expect(it.told().slice(before)).toMatchObject([{ asked: false, state: 'off' }])
  })

  test('keeps why it cannot run there', async () => {
    await using it = reachedOnce({ missing: 'no-tool', advice: clean('install tcpdump') })
    await it.heard({ asked: false, state: 'off', command: clean('') })
    await it.lose()
    it.watch.optIn('dns-capture', true)
    expect(it.told().at(-1)).toMatchObject({ asked: true, state: 'refused', command: '', detail: 'install tcpdump' })
    it.watch.optIn('dns-capture', false)
    expect(it.told().at(-1)).toMatchObject({ asked: false, state: 'off', command: '', detail: 'install tcpdump' })
  })

  test('says nothing of what the node does not have', async () => {
    await using it = reachedOnce(waits)
    await it.heard({ asked: false })
    await it.lose()
    const before = it.told().length
    it.watch.optIn('disk-probe', true)
    expect(it.told()).toHaveLength(before)
  })
})
