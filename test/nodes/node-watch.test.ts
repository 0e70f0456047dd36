import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Again, type Connect, ConnectionError } from '../../source/nodes/connections/connection.ts'
import { phaseOf } from '../../source/nodes/node-watch.ts'
import { planOf } from '../../source/nodes/plan.ts'
import { clean } from '../../source/text/clean.ts'
import { fakeConnection } from './fake-connection.ts'
import { type Marked, mark } from './processes.ts'
import { movable, node, watched } from './watched-node.ts'

const patience = { timeout: 15_000, interval: 20 }

describe('a node of which nothing is sampled', () => {
  test('is connected and live, runs nothing, and is left when it is', async () => {
    const marked = mark()
    const it = watched({ probes: [], plan: planOf([]) })
    await expect.poll(() => it.states(), patience).toEqual(['connecting', 'live'])
    expect(marked.now()).toEqual([])
    await it.end()
    expect(it.samples()).toEqual([])
    marked.forget()
  })

  test('is lost with its connection', async () => {
    const fake = fakeConnection()
    const it = watched({ probes: [], plan: planOf([]), connect: async () => fake.connection })
    await expect.poll(() => it.states(), patience).toEqual(['connecting', 'live'])
    fake.connection.close()
    await expect.poll(() => it.states().includes('lost'), patience).toBe(true)
    await it.end()
  })
})

describe('a node on this machine', () => {
  let marked: Marked
  let it: ReturnType<typeof watched>
  beforeEach(() => {
    marked = mark()
  })
  afterEach(async () => {
    await it.end()
    marked.forget()
  })

  test('is connected, sampled at its own phase of the second, and left without a trace', async () => {
    it = watched()
    await expect.poll(() => it.samples().length, patience).toBeGreaterThanOrEqual(5)
    expect(it.states()).toEqual(['connecting', 'live'])
    expect(it.links()[1]).toMatchObject({ transport: 'local', lease: 15 })
    const times = it.samples().map(({ at }) => at)
    for (const at of times.slice(1)) expect(Math.round(at) % 1000).toBe(phaseOf(node))
    expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b))
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(500)
    await it.end()
    expect(marked.now()).toEqual([])
    expect(it.states()).toEqual(['connecting', 'live'])
  })

  test('whose sampler is killed comes back, with a gap where it was away', async () => {
    it = watched()
    await expect.poll(() => it.valuesOf('cpu.busy').length, patience).toBe(3)
    expect(it.valuesOf('cpu.busy')).toEqual([Number.NaN, expect.any(Number), expect.any(Number)])
    expect(it.valuesOf('cpu.busy').slice(1).some(Number.isNaN)).toBe(false)
    for (const pid of marked.now()) process.kill(pid, 'SIGKILL')
    await expect.poll(() => it.valuesOf('cpu.busy').length, patience).toBeGreaterThanOrEqual(5)
    expect(it.states()).toEqual(['connecting', 'live', 'no-data', 'live'])
    expect(it.links()[2]?.cause).toMatch(/^the sampler ended /)
    expect(it.valuesOf('cpu.busy')[3]).toBeNaN()
    expect(it.valuesOf('cpu.busy')[4]).not.toBeNaN()
  })

  test('whose sampler hangs gets another one', async () => {
    const clock = movable()
    it = watched({ time: clock.time })
    await expect.poll(() => it.samples().length, patience).toBeGreaterThanOrEqual(2)
    const hanging = marked.now()
    for (const pid of hanging) process.kill(pid, 'SIGSTOP')
    const lost = (): boolean => {
      if (!it.states().includes('no-data')) clock.jump(6000)
      return it.states().includes('no-data')
    }
    await expect.poll(lost, patience).toBe(true)
    await expect.poll(() => it.states(), patience).toEqual(['connecting', 'live', 'no-data', 'live'])
    expect(marked.now().filter((pid) => hanging.includes(pid))).toEqual([])
  })

  test('is not judged for the time in which we were stopped ourselves', async () => {
    const clock = movable()
    it = watched({ time: clock.time })
    await expect.poll(() => it.samples().length, patience).toBeGreaterThanOrEqual(2)
    const slow = marked.named('getline')
    expect(slow).toHaveLength(1)
    for (const pid of slow) process.kill(pid, 'SIGSTOP')
    const before = it.samples().length
    const considered = (): number => {
      clock.jump(6000, 60_000)
      return clock.asked()
    }
    await expect.poll(considered, patience).toBeGreaterThanOrEqual(2)
    for (const pid of slow) process.kill(pid, 'SIGCONT')
    await expect.poll(() => it.samples().length, patience).toBeGreaterThan(before + 1)
    expect(it.states()).toEqual(['connecting', 'live'])
    expect(marked.named('getline')).toEqual(slow)
  })

  test('reads everything again when asked to, and says when it has', async () => {
    it = watched()
    await expect.poll(() => it.samples().length, patience).toBeGreaterThanOrEqual(2)
    const releases = (): number =>
      it.events.filter((event) => event.type === 'fact' && event.fact === 'kernel.release').length
    expect(releases()).toBe(1)
    await it.watch.sampleNow()
    expect(releases()).toBe(2)
    await Promise.all([it.watch.sampleNow(), it.watch.sampleNow()])
    expect(releases()).toBe(3)
  })

  test('keeps nobody waiting for a reading that will not come', async () => {
    it = watched()
    await it.watch.sampleNow()
    await expect.poll(() => it.samples().length, patience).toBeGreaterThanOrEqual(1)
    for (const pid of marked.named('getline')) process.kill(pid, 'SIGSTOP')
    const reading = it.watch.sampleNow()
    for (const pid of marked.now()) process.kill(pid, 'SIGKILL')
    await reading
    await expect.poll(() => it.states(), patience).toContain('no-data')
  })
})

describe('a node that cannot be reached', () => {
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  const unreachable = (reason: Error) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const attempts: number[] = []
    const connect: Connect = () => {
      attempts.push(performance.now())
      return Promise.reject(reason)
    }
    return { it: watched({ connect }), attempts }
  }

  test('is tried again after longer and longer waits, up to half a minute', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1)
    const { it, attempts } = unreachable(new Error('no route to host'))
    await vi.advanceTimersByTimeAsync(130_000)
    const waits = attempts.slice(1).map((at, index) => Math.round((at - (attempts[index] ?? 0)) / 1000))
    expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30, 30])
    await it.end()
  })

  test('is not tried at the same time as all that failed with it', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    const { it, attempts } = unreachable(new Error('no route to host'))
    await vi.advanceTimersByTimeAsync(3500)
    expect(attempts.slice(1).map((at, index) => Math.round((at - (attempts[index] ?? 0)) / 100))).toEqual([5, 10, 20])
    await it.end()
  })

  test('says why', async () => {
    const { it } = unreachable(new ConnectionError({ state: 'denied', cause: clean('publickey refused') }))
    await vi.advanceTimersByTimeAsync(0)
    expect(it.links()).toEqual([
      { transport: 'local', state: 'connecting', cause: '' },
      { transport: 'local', state: 'denied', cause: 'publickey refused', until: expect.any(Number) },
    ])
    await it.end()
  })

  test('is left alone at once when nobody watches any more', async () => {
    const { it, attempts } = unreachable(new Error('no route to host'))
    await vi.advanceTimersByTimeAsync(0)
    await it.end()
    await vi.advanceTimersByTimeAsync(600_000)
    expect(attempts).toHaveLength(1)
  })
})

test('a way that leads nowhere stands on the link all the same', async () => {
  const it = watched({
    connect: (_, attempt) => {
      attempt?.goes({ transport: 'openssh', route: clean('karin@n1 via gate') })
      return Promise.reject(new ConnectionError({ state: 'lost', cause: clean('no'), again: 'asked' }))
    },
  })
  await expect
    .poll(() => it.links().at(-1), patience)
    .toMatchObject({ state: 'lost', transport: 'openssh', route: 'karin@n1 via gate' })
  await it.end()
})

describe('a wait', () => {
  const waiting = (again: Again) => {
    let attempts = 0
    const it = watched({
      connect: () => {
        attempts += 1
        return Promise.reject(new ConnectionError({ state: 'denied', cause: clean('no'), again }))
      },
    })
    return { it, attempts: () => attempts }
  }

  test('for a person ends when asked to, and not before', async () => {
    const { it, attempts } = waiting('asked')
    await expect.poll(() => it.states(), patience).toEqual(['connecting', 'denied'])
    expect(it.links()[1]?.until).toBeUndefined()
    it.watch.retry()
    await expect.poll(attempts, patience).toBe(2)
    await it.end()
  })

  test('for a change ends with that', async () => {
    const change = Promise.withResolvers<void>()
    const { it, attempts } = waiting({ when: change.promise })
    await expect.poll(() => it.states(), patience).toEqual(['connecting', 'denied'])
    expect(attempts()).toBe(1)
    change.resolve()
    await expect.poll(attempts, patience).toBeGreaterThanOrEqual(2)
    await it.end()
  })

  test('until a time is told with that time', async () => {
    const at = performance.now() + 3_600_000
    const { it, attempts } = waiting({ at })
    await expect.poll(() => it.links().at(-1)?.until, patience).toBe(at)
    it.watch.retry()
    await expect.poll(attempts, patience).toBe(2)
    await it.end()
  })
})

test('nodes have phases of their own, all within a second', () => {
  const phases = Array.from({ length: 1000 }, (_, index) => phaseOf(`worker-${index}`))
  expect(Math.min(...phases)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...phases)).toBeLessThan(1000)
  const tenths = Array.from(
    { length: 10 },
    (_, tenth) => phases.filter((phase) => Math.floor(phase / 100) === tenth).length,
  )
  expect(Math.min(...tenths)).toBeGreaterThan(50)
})
