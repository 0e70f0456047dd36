import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Absence } from '../../source/events/origin.ts'
import { type CommandTierRun, runCommandTier } from '../../source/nodes/command-tier.ts'
import type { CommandOutput, CommandTier, Refusal, Script } from '../../source/nodes/probe.ts'
import { nothingTaken, type Taken, take } from '../../source/nodes/taken.ts'
import { clean } from '../../source/text/clean.ts'
import { type FakeConnection, fakeConnection, markerOf } from './fake-connection.ts'
import { contextOf, sectionsOf } from './section.ts'

const section = sectionsOf({}, [{ uptime: 1, files: {} }]).next().value

/** What the command is, and whether the last run gave a value. */
interface Played {
  wanted: Script | Refusal
  gives: boolean
}

const started = (more: Partial<Pick<CommandTier<null>, 'idle' | 'program' | 'every' | 'step'>> = {}) => {
  const script: Played = { wanted: { text: 'true', args: [] }, gives: true }
  const outputs: CommandOutput[] = []
  const tier: CommandTier<null> = {
    kind: 'command',
    tier: 'lister',
    metrics: ['cpu.busy'],
    start: null,
    every: 5,
    limit: 1000,
    cost: 'a little',
    scripts: () => [],
    program: () => script.wanted,
    step: (state, output) => {
      outputs.push(output)
      const taken = nothingTaken()
      if (output.text === 'nonsense') throw new Error('cannot read this')
      if (script.gives) take(taken, 'cpu.busy', 1)
      return { state, taken }
    },
    ...more,
  }
  const context = contextOf(section ?? expect.fail('no section'))
  const delivered: { taken: Taken; at: number }[] = []
  const refused: Absence[] = []
  const controller = new AbortController()
  const fake: FakeConnection = fakeConnection()
  const run = runCommandTier({
    tier,
    connection: fake.connection,
    context,
    deliver: (taken, at) => void delivered.push({ taken, at }),
    refuse: (absence) => void refused.push(absence),
    signal: controller.signal,
  })
  return { run, script, outputs, delivered, refused, fake, controller }
}

type Started = ReturnType<typeof started>

/** Lets promises settle that need nothing from outside. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
}

/** Answers the run that is under way, as the loop on the node does; `cpu`, `shell`: seconds of all runs of this channel, and of its shell. */
const answer = async ({ fake }: Started, text = '', cpu = 0, status = 0, shell = 0): Promise<void> => {
  const channel = fake.channels.at(-1)
  const marker = markerOf(channel?.program ?? { argv: [''] })
  channel?.send(
    `${marker} begin\n${text}\n${marker} end ${status}\n0m${shell}s 0m0.00s\n0m${cpu}s 0m0.00s\n${marker} done\n`,
  )
  await settle()
}

/** How many runs were asked for over the channels so far. */
const runs = ({ fake }: Started): number =>
  fake.channels.reduce((sum, { written }) => sum + written.filter((line) => line === 'k\n').length, 0)

const poll = async (run: CommandTierRun, seconds: number, needed = true): Promise<void> => {
  run.poll(seconds * 1000, needed)
  await settle()
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a command that is needed', () => {
  test('runs at once, and then at its period, over one channel', async () => {
    const it = started()
    for (const second of [0, 1, 4.9, 5, 6, 10]) {
      await poll(it.run, second)
      await answer(it, 'out')
    }
    expect(runs(it)).toBe(3)
    expect(it.fake.channels).toHaveLength(1)
    expect(it.delivered.map(({ at }) => at)).toEqual([0, 5000, 10_000])
    expect(it.outputs.map(({ seconds }) => seconds)).toEqual([Number.NaN, 5, 5])
    expect(it.outputs[0]).toMatchObject({ text: 'out', status: 0, cut: false })
  })

  test('keeps its period where seconds come a little early', async () => {
    const it = started()
    await poll(it.run, 1)
    await answer(it)
    await poll(it.run, 4.999)
    expect(runs(it)).toBe(1)
    await poll(it.run, 5.999)
    expect(runs(it)).toBe(2)
  })

  test('that compares runs has its first figure after two that come soon, however dear it is', async () => {
    const it = started({
      every: 10,
      step: (state, { seconds }) => {
        const taken = nothingTaken()
        take(taken, 'cpu.busy', seconds)
        return { state, taken }
      },
    })
    it.run.stretchTo(33)
    for (const second of [0, 4.9, 5, 15, 37, 38]) {
      await poll(it.run, second)
      await answer(it)
      it.run.stretchTo(33)
    }
    expect(it.delivered.map(({ at }) => at)).toEqual([0, 5000, 38_000])
  })

  test('is never asked again before it has answered', async () => {
    const it = started()
    for (let second = 0; second < 9; second += 1) await poll(it.run, second)
    expect(runs(it)).toBe(1)
  })

  test('runs less often while it gives nothing', async () => {
    const it = started({ idle: 60 })
    it.script.gives = false
    for (const second of [0, 5, 59, 60]) {
      await poll(it.run, second)
      await answer(it)
    }
    expect(runs(it)).toBe(2)
  })

  test('runs out of turn when everything is to be read now', async () => {
    const it = started()
    await poll(it.run, 0)
    await answer(it)
    const done = it.run.runNow(1000)
    await settle()
    expect(runs(it)).toBe(2)
    await answer(it)
    await done
    expect(it.delivered).toHaveLength(2)
  })

  test('is started anew when it is another one now', async () => {
    const it = started()
    await poll(it.run, 0)
    await answer(it)
    it.script.wanted = { text: 'true', args: ['other'] }
    await poll(it.run, 5)
    await answer(it)
    expect(it.fake.channels.map((channel) => channel.closed())).toEqual([true, false])
    expect(it.delivered).toHaveLength(2)
  })
})

describe('a command that is not needed', () => {
  test('does not run, and gives its channel back', async () => {
    const it = started()
    await poll(it.run, 0, false)
    expect(it.fake.channels).toHaveLength(0)
    await poll(it.run, 1)
    await answer(it)
    await poll(it.run, 2, false)
    expect(it.fake.channels.map((channel) => channel.closed())).toEqual([true])
  })

  test('may finish the run it is in', async () => {
    const it = started()
    await poll(it.run, 0)
    await poll(it.run, 1, false)
    await answer(it)
    expect(it.delivered).toHaveLength(1)
  })
})

describe('a command that cannot be had', () => {
  test('says why, and is considered again after a minute', async () => {
    const it = started()
    it.script.wanted = { missing: 'no-tool', advice: clean('install it') }
    await poll(it.run, 0)
    expect(it.refused).toEqual([{ missing: 'no-tool', advice: 'install it' }])
    it.script.wanted = { text: 'true', args: [] }
    await poll(it.run, 59)
    expect(it.fake.channels).toHaveLength(0)
    await poll(it.run, 60)
    await answer(it)
    expect(it.delivered).toHaveLength(1)
  })

  test('is ended after ten seconds without an answer, and tried again later and later', async () => {
    const it = started()
    await poll(it.run, 0)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(it.refused).toEqual([{ missing: 'no-data', advice: 'lister did not answer within 10 s' }])
    expect(it.fake.channels[0]?.closed()).toBe(true)
    await poll(it.run, 9.9)
    expect(it.fake.channels).toHaveLength(1)
    await poll(it.run, 10)
    await vi.advanceTimersByTimeAsync(10_000)
    await poll(it.run, 29)
    expect(it.fake.channels).toHaveLength(2)
    await poll(it.run, 30)
    expect(it.fake.channels).toHaveLength(3)
    await answer(it)
    await poll(it.run, 35)
    expect(runs(it)).toBe(4)
  })

  test('says how its channel ended', async () => {
    const it = started()
    await poll(it.run, 0)
    it.fake.channels[0]?.end(null)
    await settle()
    expect(it.refused).toEqual([{ missing: 'no-data', advice: 'lister ended by SIGKILL' }])
  })

  test('costs its own cells only when we fail to read it', async () => {
    const it = started()
    await poll(it.run, 0)
    await answer(it, 'nonsense')
    expect(it.refused).toEqual([{ missing: 'no-data', advice: 'lister cannot read this' }])
    await poll(it.run, 10)
    await answer(it)
    expect(it.delivered).toHaveLength(1)
  })

  test('costs its own cells only when we fail to choose it', async () => {
    const it = started({
      program: () => {
        throw new Error('cannot choose')
      },
    })
    await poll(it.run, 0)
    expect(it.refused).toEqual([{ missing: 'no-data', advice: 'lister cannot choose' }])
  })

  test('says nothing once nobody listens', async () => {
    const it = started()
    await poll(it.run, 0)
    it.controller.abort()
    await settle()
    expect(it.refused).toEqual([])
    expect(it.fake.channels[0]?.closed()).toBe(true)
  })
})

describe('what a command costs', () => {
  test('is a mean of what its runs took, and a sum of all of them over every channel', async () => {
    const it = started()
    expect(it.run.cost()).toEqual({ every: 5, cost: 0, total: 0 })
    await poll(it.run, 0)
    await answer(it, '', 0.08)
    expect(it.run.cost()).toEqual({ every: 5, cost: 0.08, total: 0.08 })
    await poll(it.run, 5)
    await answer(it, '', 0.12)
    expect(it.run.cost().cost).toBeCloseTo(0.07, 9)
    expect(it.run.cost().total).toBeCloseTo(0.12, 9)
    it.script.wanted = { text: 'another', args: [] }
    await poll(it.run, 10)
    await answer(it, '', 0.03)
    expect(it.run.cost().total).toBeCloseTo(0.15, 9)
  })

  test('holds the shells that start it in the sum, and not in what a run costs', async () => {
    const it = started()
    await poll(it.run, 0)
    await answer(it, '', 0.08, 0, 0.02)
    expect(it.run.cost()).toEqual({ every: 5, cost: 0.08, total: 0.1 })
    await poll(it.run, 5)
    await answer(it, '', 0.16, 0, 0.03)
    expect(it.run.cost().cost).toBeCloseTo(0.08, 9)
    expect(it.run.cost().total).toBeCloseTo(0.19, 9)
    it.script.wanted = { text: 'another', args: [] }
    await poll(it.run, 10)
    await answer(it, '', 0.08, 0, 0.02)
    expect(it.run.cost().total).toBeCloseTo(0.29, 9)
  })

  test('stretches its period, also the one that has begun', async () => {
    const it = started()
    await poll(it.run, 0)
    await answer(it)
    it.run.stretchTo(20)
    expect(it.run.period()).toBe(20)
    for (const second of [5, 10, 19]) await poll(it.run, second)
    expect(runs(it)).toBe(1)
    await poll(it.run, 20)
    expect(runs(it)).toBe(2)
  })
})

test('a command that sudo refuses is said to be denied, in the words of sudo, and not run again', async () => {
  const one = started()
  one.script.wanted = { ...one.script.wanted, sudo: [{ paths: ['/bin/true'], words: [] }] } as Script
  one.run.poll(0, true)
  await settle()
  await answer(one, 'sudo: a password is required\n', 0, 1)
  expect(one.refused).toMatchObject([
    { missing: 'denied', advice: expect.stringMatching(/^sudo: a password is required: /) },
  ])
  expect(one.delivered).toEqual([])
  one.run.poll(120_000, true)
  await settle()
  expect(one.fake.channels).toHaveLength(1)
  expect(one.refused).toHaveLength(2)
})
