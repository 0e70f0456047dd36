import { describe, expect, test } from 'vitest'
import type { OptInStatus } from '../../source/events/link.ts'
import type { Absence } from '../../source/events/origin.ts'
import type { Refusal, Script, StreamTier } from '../../source/nodes/probe.ts'
import { runStreamTier } from '../../source/nodes/stream-tier.ts'
import { nothingTaken, take } from '../../source/nodes/taken.ts'
import type { Slot } from '../../source/nodes/tier-memory.ts'
import { clean } from '../../source/text/clean.ts'
import { fakeConnection } from './fake-connection.ts'
import { contextOf, sectionsOf } from './section.ts'

const section = sectionsOf({}, [{ uptime: 1, files: {} }]).next().value

/** A tier that counts bytes, and what the test makes of it. */
const started = (slot?: Slot) => {
  const play: {
    now: number
    wanted: Script | Refusal
    stop: Refusal | undefined
    end: Refusal | undefined
  } = { now: 0, wanted: { text: 'watch the wire', args: ['eth0'] }, stop: undefined, end: undefined }
  const sources: number[] = []
  const ticks: { at: number; running: boolean; bytes: number }[] = []
  const tier: StreamTier<number> = {
    kind: 'stream',
    tier: 'counter',
    metrics: ['dns.lookups'],
    start: 0,
    lease: 60,
    overlap: 5,
    optIn: { name: 'dns-capture', cost: 'a little' },
    scripts: () => [],
    program: () => play.wanted,
    step: (bytes, chunk, source) => {
      if (chunk.includes(0)) throw new Error('cannot read this')
      sources.push(source)
      return bytes + chunk.length
    },
    tick: (bytes, at, running) => {
      ticks.push({ at, running, bytes })
      const taken = nothingTaken()
      take(taken, 'dns.lookups', bytes)
      return { state: 0, taken, ...(play.stop === undefined ? {} : { stop: play.stop }) }
    },
    ended: () => play.end,
    carry: (bytes) => bytes + 1000,
  }
  const context = contextOf(section ?? expect.fail('no section'))
  const delivered: number[] = []
  const refused: Absence[] = []
  const states: OptInStatus[] = []
  const controller = new AbortController()
  const fake = fakeConnection()
  const run = runStreamTier({
    tier,
    connection: fake.connection,
    context,
    deliver: (taken) => void delivered.push(taken.values[0] ?? Number.NaN),
    refuse: (absence) => void refused.push(absence),
    status: (status) => void states.push(status),
    now: () => play.now,
    signal: controller.signal,
    ...(slot === undefined ? {} : { slot }),
  })
  /** Lets promises settle that need nothing from outside. */
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
  }
  const poll = async (seconds: number, asked = true): Promise<void> => {
    await settle()
    play.now = seconds * 1000
    run.poll(play.now, asked)
    await settle()
  }
  /** Polls once a second, up to and including the last. */
  const pollUntil = async (from: number, to: number): Promise<void> => {
    for (let second = from; second <= to; second += 1) await poll(second)
  }
  const open = () => fake.channels.map((channel) => !channel.closed())
  return { run, play, poll, pollUntil, open, fake, delivered, refused, states, sources, ticks, controller }
}

const last = <Value>(list: readonly Value[]): Value => list.at(-1) ?? expect.fail('nothing was said')

describe('an opt-in that nobody asked for', () => {
  test('opens nothing, and says how to ask and what it would run', async () => {
    const it = started()
    await it.poll(0, false)
    await it.poll(1, false)
    expect(it.fake.channels).toHaveLength(0)
    expect(last(it.refused)).toEqual({
      missing: 'not-asked',
      advice: 'start kntop with --with dns-capture, or press w and switch it on',
    })
    expect(it.states).toEqual([
      { name: 'dns-capture', asked: false, state: 'off', command: 'watch the wire eth0', detail: 'a little' },
    ])
  })

  test('closes everything it had when it is switched off, and forgets what it counted', async () => {
    const it = started()
    await it.pollUntil(0, 56)
    expect(it.open()).toEqual([true, true])
    it.fake.channels[0]?.send('four')
    await it.poll(57, false)
    expect(it.open()).toEqual([false, false])
    expect(last(it.states)).toMatchObject({ asked: false, state: 'off' })
    it.fake.channels[1]?.send('late')
    await it.poll(58)
    await it.poll(59)
    expect(last(it.ticks)).toMatchObject({ at: 59, bytes: 0 })
  })

  test('closes what was still being opened when it was switched off', async () => {
    const it = started()
    it.run.poll(0, true)
    it.run.poll(1, false)
    await it.poll(0.002, false)
    expect(it.open()).toEqual([false])
  })
})

describe('an opt-in of a session that follows another', () => {
  test('goes on with what its tier carries over, and numbers its runs further', async () => {
    const slot: Slot = {}
    const first = started(slot)
    await first.pollUntil(0, 1)
    first.fake.channels[0]?.send('four')
    await first.poll(2)
    first.controller.abort()
    const next = started(slot)
    await next.pollUntil(10, 11)
    next.fake.channels[0]?.send('more!')
    await next.poll(12)
    expect(next.ticks.map(({ bytes }) => bytes)).toEqual([1000, 5])
    expect([first.sources, next.sources]).toEqual([[0], [1]])
  })

  test('has nothing to go on with once it was switched off', async () => {
    const slot: Slot = {}
    const first = started(slot)
    await first.pollUntil(0, 1)
    await first.poll(2, false)
    expect(slot.left).toEqual({ state: 0, more: 1 })
  })
})

describe('an opt-in that runs', () => {
  test('hands what it reads to its tier, and delivers once a second', async () => {
    const it = started()
    await it.poll(0)
    expect(it.states.map(({ state }) => state)).toEqual(['starting'])
    await it.poll(1)
    it.fake.channels[0]?.send('four')
    it.fake.channels[0]?.send('more!')
    await it.poll(2)
    expect(it.delivered).toEqual([0, 9])
    expect(it.ticks.map(({ running }) => running)).toEqual([true, true])
    expect(it.states.map(({ state }) => state)).toEqual(['starting', 'running'])
  })

  test('has a successor before its lease ends, so that nothing is missed', async () => {
    const it = started()
    await it.pollUntil(0, 54)
    expect(it.fake.channels).toHaveLength(1)
    await it.poll(55)
    expect(it.open()).toEqual([true, true])
    it.fake.channels[0]?.send('old')
    it.fake.channels[1]?.send('new')
    await it.poll(56)
    expect(it.sources).toEqual([0, 1])
    expect(last(it.delivered)).toBe(6)
    it.play.now = 60_000
    it.fake.channels[0]?.end(124)
    await it.pollUntil(60, 61)
    expect(last(it.states)).toMatchObject({ state: 'running' })
    expect(it.refused).toEqual([])
    await it.pollUntil(62, 110)
    expect(it.fake.channels).toHaveLength(3)
  })

  test('is started again when it ended at its lease without a successor', async () => {
    const it = started()
    await it.poll(0)
    it.play.now = 60_000
    it.fake.channels[0]?.end(124)
    await it.poll(60)
    expect(it.fake.channels).toHaveLength(2)
    expect(it.refused).toEqual([])
  })

  test('is only ever being opened once at a time', async () => {
    const it = started()
    it.run.poll(0, true)
    it.run.poll(1, true)
    await it.poll(0.002)
    expect(it.fake.channels).toHaveLength(1)
  })
})

describe('an opt-in that fails', () => {
  test('says so when it cannot run here, and starts once it can', async () => {
    const it = started()
    const wanted = it.play.wanted
    it.play.wanted = { missing: 'denied', advice: clean('connect as root') }
    await it.poll(0)
    expect(it.refused).toEqual([{ missing: 'denied', advice: 'connect as root' }])
    expect(last(it.states)).toMatchObject({ asked: true, state: 'refused', detail: 'connect as root', command: '' })
    it.play.wanted = wanted
    await it.poll(1)
    expect(it.fake.channels).toHaveLength(1)
  })

  test('says so also while nobody asks for it', async () => {
    const it = started()
    it.play.wanted = { missing: 'not-applicable', advice: clean('etcd has figures of its own here') }
    await it.poll(0, false)
    expect(last(it.states)).toMatchObject({
      ...{ asked: false, state: 'off', detail: 'etcd has figures of its own here', command: '' },
    })
  })

  test('closes what ran when it may not run any more', async () => {
    const it = started()
    await it.pollUntil(0, 2)
    it.play.wanted = { missing: 'not-applicable', advice: clean('etcd has figures of its own') }
    await it.poll(3)
    expect(it.open()).toEqual([false])
    expect(last(it.states)).toMatchObject({ state: 'refused' })
  })

  test('that ends says how, and is tried again later and later', async () => {
    const it = started()
    const openedAt: number[] = []
    for (let second = 0; second < 40; second += 1) {
      const before = it.fake.channels.length
      await it.poll(second)
      if (it.fake.channels.length === before) continue
      openedAt.push(second)
      last(it.fake.channels).end(1, 'no such device')
    }
    expect(last(it.refused)).toEqual({ missing: 'no-data', advice: 'dns-capture ended with status 1: no such device' })
    expect(last(it.states)).toMatchObject({ state: 'refused' })
    const waits = openedAt.slice(1).map((at, index) => at - (openedAt[index] ?? 0))
    expect(waits).toEqual([2, 4, 8, 16])
  })

  test('that knows why it ended says that', async () => {
    const it = started()
    it.play.end = { missing: 'no-tool', advice: clean('install tcpdump') }
    await it.poll(0)
    it.fake.channels[0]?.end(127)
    await it.poll(1)
    expect(last(it.refused)).toEqual({ missing: 'no-tool', advice: 'install tcpdump' })
  })

  test('that stops itself is closed, says why, and rests for a minute', async () => {
    const it = started()
    await it.pollUntil(0, 1)
    it.play.stop = { missing: 'no-data', advice: clean('too many packets') }
    await it.poll(2)
    it.play.stop = undefined
    expect(it.open()).toEqual([false])
    expect(last(it.refused)).toEqual({ missing: 'no-data', advice: 'too many packets' })
    await it.pollUntil(3, 61)
    expect(it.fake.channels).toHaveLength(1)
    expect(last(it.states)).toMatchObject({ state: 'refused', detail: 'too many packets' })
    await it.poll(62)
    expect(it.fake.channels).toHaveLength(2)
  })

  test('in our reading of it is closed, says so, and hurts nobody else', async () => {
    const it = started()
    await it.poll(0)
    it.fake.channels[0]?.send('\0')
    await it.poll(1)
    expect(it.open()).toEqual([false])
    expect(last(it.refused).advice).toMatch(/dns-capture failed, please report it: cannot read this/)
  })

  test('says nothing once nobody listens', async () => {
    const it = started()
    await it.pollUntil(0, 1)
    it.controller.abort()
    expect(it.open()).toEqual([false])
    expect(it.refused).toEqual([])
  })
})

test('an opt-in that sudo refuses is refused in the words of sudo, and not begun again', async () => {
  const { play, poll, pollUntil, fake, states } = started()
  play.wanted = { text: 'watch', args: [], sudo: [{ paths: ['/bin/true'], words: [] }] }
  await poll(0)
  fake.channels[0]?.end(1, 'sudo: a password is required')
  await pollUntil(1, 120)
  expect(states.at(-1)).toMatchObject({
    state: 'refused',
    detail: expect.stringMatching(/^sudo: a password is required: /),
  })
  expect(fake.channels).toHaveLength(1)
})
