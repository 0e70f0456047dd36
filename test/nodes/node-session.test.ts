import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Event } from '../../source/events/event.ts'
import type { NodeName } from '../../source/events/subject.ts'
import type { MetricId } from '../../source/metrics/catalogue.ts'
import { startSession } from '../../source/nodes/node-session.ts'
import { planOf } from '../../source/nodes/plan.ts'
import { createSudoGate } from '../../source/nodes/privilege/sudo-gate.ts'
import type { CommandTier, FileTier, Probe, StreamTier } from '../../source/nodes/probe.ts'
import { miss, nothingTaken, take } from '../../source/nodes/taken.ts'
import { createTierMemory } from '../../source/nodes/tier-memory.ts'
import { fakeConnection, markerOf } from './fake-connection.ts'
import { feed, greeting, listen } from './sampler/protocol.ts'

const node = 'worker-1' as NodeName

/** Reads one number from a file, or says that it is not there. */
const fileTier = (metric: MetricId): FileTier<null> => ({
  kind: 'files',
  tier: 'a file',
  metrics: [metric],
  begin: () => null,
  step(_, section, taken) {
    const text = section.lines('file')?.[0]
    if (text === 'nonsense') throw new Error('cannot read this')
    if (text === undefined) miss(taken, metric, 'no-kernel', 'no such file')
    else take(taken, metric, Number(text))
  },
})

const commandTier = (metric: MetricId): CommandTier<null> => ({
  kind: 'command',
  tier: 'a command',
  metrics: [metric],
  start: null,
  every: 5,
  limit: 1000,
  cost: 'a little',
  scripts: () => [],
  program: () => ({ text: 'true', args: [] }),
  step(state, { text }) {
    const taken = nothingTaken()
    take(taken, metric, Number(text))
    return { state, taken }
  },
})

const streamTier = (metric: MetricId): StreamTier<null> => ({
  kind: 'stream',
  tier: 'an opt-in',
  metrics: [metric],
  start: null,
  lease: 60,
  overlap: 5,
  optIn: { name: 'dns-capture', cost: 'a little' },
  scripts: () => [],
  program: () => ({ text: 'watch', args: [] }),
  step: (state) => state,
  tick: (state) => {
    const taken = nothingTaken()
    take(taken, metric, 7)
    return { state, taken }
  },
})

const probe = (name: string, file: string, tiers: Probe['tiers']): Probe => ({
  name,
  takes: { file: { kind: 'whole', file, every: file === '/five' ? 5 : 1 } },
  tiers,
})

const started = (probes: readonly Probe[], asked = new Set<string>()) => {
  const plan = planOf(probes)
  const emitted: (readonly Event[])[] = []
  const fake = fakeConnection()
  const heard = listen(plan.takes)
  feed(heard, greeting())
  const session = startSession({
    node,
    connection: fake.connection,
    probes,
    plan,
    settings: { etcdMetrics: [], ownPeers: [] },
    sudo: createSudoGate(() => 0),
    memory: createTierMemory(),
    hello: heard.hellos[0] ?? expect.fail('no greeting'),
    held: heard.decoder.held,
    count: heard.decoder.count,
    asked: (optIn) => asked.has(optIn),
    emit: (events) => void emitted.push(events),
    status: (status) => void emitted.push([{ type: 'opt-in', node, status }]),
    now: () => 0,
    signal: new AbortController().signal,
  })
  let sequence = 0
  /** A frame in which the first takes hold these lines; undefined: the file is not there. */
  const frame = (at: number, texts: readonly (string | undefined)[], groups = '1'): void => {
    sequence += 1
    const lines = texts.map((text, index) => (text === undefined ? `${index + 1}!\n` : `${index + 1}:1 ${text}\n`))
    feed(heard, `@${sequence} ${sequence} ${groups}\n${lines.join('')}##\n`)
    session.frame(at)
  }
  /** Everything that was emitted since the last call. */
  const news = (): readonly Event[] => emitted.splice(0).flat()
  return { session, fake, heard, frame, news, emitted, asked }
}

type Started = ReturnType<typeof started>

/** The values of all samples, and the words of all origins, in the order in which they came. */
const shown = (events: readonly Event[]): readonly string[] =>
  events.flatMap((event) => {
    if (event.type === 'sample')
      return event.metrics.map((metric, index) => `${metric} = ${event.values[index]} at ${event.at}`)
    if (event.type === 'origin') {
      const { metric, origin } = event
      if ('missing' in origin) return [`${metric}: ${origin.missing}, ${origin.advice}`]
      return [`${metric}: ${origin.tier}${origin.every === undefined ? '' : `, every ${origin.every} s`}`]
    }
    return event.type === 'opt-in' ? [`${event.status.name} ${event.status.state}`] : []
  })

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
}

const answer = async ({ fake }: Started, text: string, cpu = 0): Promise<void> => {
  const channel = fake.channels.at(-1)
  const marker = markerOf(channel?.program ?? { argv: [''] })
  channel?.send(`${marker} begin\n${text}\n${marker} end 0\n0m0s 0m0s\n0m${cpu}s 0m0s\n${marker} done\n`)
  await settle()
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a frame', () => {
  test('becomes one batch: origins that changed, then one sample of all probes', () => {
    const it = started([probe('one', '/one', [fileTier('cpu.busy')]), probe('two', '/two', [fileTier('cpu.steal')])])
    it.frame(1000, ['5', '6'])
    expect(it.emitted).toHaveLength(1)
    expect(shown(it.news())).toEqual([
      'cpu.busy: a file',
      'cpu.steal: a file',
      'cpu.busy = 5 at 1000',
      'cpu.steal = 6 at 1000',
    ])
    it.frame(2000, ['7', '8'])
    expect(shown(it.news())).toEqual(['cpu.busy = 7 at 2000', 'cpu.steal = 8 at 2000'])
  })

  test('steps only the probes of which it read something', () => {
    const it = started([probe('one', '/one', [fileTier('cpu.busy')]), probe('five', '/five', [fileTier('cpu.steal')])])
    it.frame(1000, ['5', '6'], '1,5')
    it.news()
    it.frame(2000, ['7'])
    expect(shown(it.news())).toEqual(['cpu.busy = 7 at 2000'])
  })

  test('of a successor is read, though others of its predecessor came while it greeted', () => {
    const one = probe('one', '/one', [fileTier('cpu.busy')])
    const it = started([one])
    it.frame(1000, ['5'])
    const successor = listen(planOf([one]).takes, it.heard)
    it.frame(2000, ['6'])
    feed(successor, greeting())
    it.frame(3000, ['7'])
    it.news()
    feed(successor, '@1 4 1\n1:1 8\n##\n')
    it.session.frame(4000)
    expect(shown(it.news())).toEqual(['cpu.busy = 8 at 4000'])
  })

  test('that breaks one probe costs the cells of that one only', () => {
    const it = started([probe('one', '/one', [fileTier('cpu.busy')]), probe('two', '/two', [fileTier('cpu.steal')])])
    it.frame(1000, ['nonsense', '6'])
    expect(shown(it.news())).toEqual([
      'cpu.busy: no-data, the probe one failed, please report it: cannot read this',
      'cpu.steal: a file',
      'cpu.steal = 6 at 1000',
    ])
    it.frame(2000, ['5', '6'])
    expect(shown(it.news())).toEqual(['cpu.busy: a file', 'cpu.busy = 5 at 2000', 'cpu.steal = 6 at 2000'])
  })
})

describe('a command', () => {
  test('runs once a frame has shown that the file gives nothing, and its values make a sample of their own', async () => {
    const it = started([probe('one', '/one', [fileTier('cpu.busy'), commandTier('cpu.busy')])])
    it.session.second(0)
    it.frame(1000, [undefined])
    expect(it.fake.channels).toHaveLength(0)
    it.session.second(1000)
    await settle()
    await answer(it, '42')
    expect(shown(it.news())).toEqual(['cpu.busy: a command', 'cpu.busy = 42 at 1000'])
  })

  test('gives way as soon as the file gives something', async () => {
    const it = started([probe('one', '/one', [fileTier('cpu.busy'), commandTier('cpu.busy')])])
    it.frame(1000, [undefined])
    it.session.second(1000)
    await settle()
    it.frame(2000, ['5'])
    it.news()
    await answer(it, '42')
    expect(shown(it.news())).toEqual([])
    it.session.second(3000)
    expect(it.fake.channels[0]?.closed()).toBe(true)
  })

  test('that hangs costs its own cells only, and says so', async () => {
    const it = started([
      probe('one', '/one', [fileTier('cpu.busy')]),
      probe('two', '/two', [fileTier('cpu.steal'), commandTier('cpu.steal')]),
    ])
    it.frame(0, ['1', undefined])
    it.news()
    for (let second = 0; second < 12; second += 1) {
      it.session.second(second * 1000)
      it.frame(second * 1000, [String(second), undefined])
      await vi.advanceTimersByTimeAsync(1000)
    }
    const said = shown(it.news())
    expect(said.filter((line) => line.startsWith('cpu.steal'))).toEqual([
      'cpu.steal: no-data, a command did not answer within 10 s',
    ])
    expect(said.filter((line) => line.startsWith('cpu.busy ='))).toHaveLength(12)
  })

  test('that is dear runs less often, and its origin says how often', async () => {
    const it = started([probe('one', '/one', [fileTier('cpu.busy'), commandTier('cpu.busy')])])
    it.frame(0, [undefined])
    it.session.second(0)
    await settle()
    // The sampler cannot tell what it costs here, so 0.15 % is taken for it: 0.1 % is left, and 20 ms a run want 20 s.
    await answer(it, '42', 0.02)
    for (let second = 1; second <= 20; second += 1) {
      it.session.second(second * 1000)
      await settle()
      it.frame(second * 1000, [undefined])
    }
    expect(it.fake.channels[0]?.written).toEqual(['k\n', 'k\n'])
    await answer(it, '43', 0.04)
    expect(shown(it.news())).toContain('cpu.busy: a command, every 20 s')
    expect(it.session.share()).toBeCloseTo(0.25, 5)
  })

  test('runs out of turn when everything is to be read, if it is needed at all', async () => {
    const it = started([
      probe('one', '/one', [fileTier('cpu.busy'), commandTier('cpu.busy')]),
      probe('two', '/two', [fileTier('cpu.steal'), commandTier('cpu.steal')]),
    ])
    it.frame(0, ['1', undefined])
    const done = it.session.runAll(500)
    await settle()
    expect(it.fake.channels).toHaveLength(1)
    await answer(it, '9')
    await done
    expect(shown(it.news())).toContain('cpu.steal = 9 at 500')
  })
})

describe('an opt-in', () => {
  test('runs while it is asked for, and no longer', async () => {
    const it = started([probe('one', '/one', [streamTier('dns.lookups')])])
    it.session.second(0)
    expect(it.news()).toEqual([])
    it.frame(0, ['1'])
    it.session.second(0)
    expect(shown(it.news())).toEqual([
      'dns.lookups: not-asked, start kntop with --with dns-capture, or press w and switch it on',
      'dns-capture off',
    ])
    it.asked.add('dns-capture')
    it.session.second(1000)
    await settle()
    it.session.second(2000)
    expect(shown(it.news())).toEqual([
      'dns-capture starting',
      'dns-capture running',
      'dns.lookups: an opt-in',
      'dns.lookups = 7 at 2000',
    ])
    it.asked.clear()
    it.session.second(3000)
    expect(shown(it.news())).toEqual([
      'dns.lookups: not-asked, start kntop with --with dns-capture, or press w and switch it on',
      'dns-capture off',
    ])
    expect(it.fake.channels[0]?.closed()).toBe(true)
  })
})
