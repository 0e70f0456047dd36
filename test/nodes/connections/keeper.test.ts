import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { LinkState } from '../../../source/events/link.ts'
import {
  type Again,
  type Attempt,
  type Cause,
  type Connect,
  ConnectionError,
  type Occasion,
  type Way,
} from '../../../source/nodes/connections/connection.ts'
import { type Keeper, keepConnected } from '../../../source/nodes/connections/keeper.ts'
import { clean } from '../../../source/text/clean.ts'
import { fakeConnection } from '../fake-connection.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  vi.spyOn(Math, 'random').mockReturnValue(1)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const lost = (cause: string, again?: Again): Cause => ({
  state: 'lost',
  cause: clean(cause),
  ...(again === undefined ? {} : { again }),
})

const failing =
  (again?: Again): Connect =>
  () =>
    Promise.reject(new ConnectionError(lost('no', again)))

const always = new AbortController().signal

interface Kept {
  readonly keeper: Keeper
  /** Monotonic ms of each attempt, from the start on. */
  readonly attempts: readonly number[]
  readonly told: readonly (readonly [LinkState, string, number | undefined])[]
  readonly ways: readonly Way[]
  readonly abort: () => void
}

const keep = (connect: Connect, hold: () => Promise<Cause> = () => new Promise(() => undefined)): Kept => {
  const attempts: number[] = []
  const told: (readonly [LinkState, string, number | undefined])[] = []
  const ways: Way[] = []
  const controller = new AbortController()
  const start = performance.now()
  const keeper = keepConnected({
    connect: (signal, attempt) => {
      attempts.push(performance.now() - start)
      return connect(signal, attempt)
    },
    hold,
    tell: (state, cause, until) => void told.push([state, cause, until === undefined ? undefined : until - start]),
    onWay: (way) => void ways.push(way),
    now: () => performance.now(),
    signal: controller.signal,
  })
  return { keeper, attempts, told, ways, abort: () => controller.abort() }
}

const waitsOf = (attempts: readonly number[]): readonly number[] =>
  attempts.slice(1).map((at, index) => Math.round((at - (attempts[index] ?? 0)) / 1000))

describe('the time until the next attempt', () => {
  test('is told with the cause, and the next attempt names what came before', async () => {
    const { keeper, told, abort } = keep(failing())
    await vi.advanceTimersByTimeAsync(1000)
    expect(told).toEqual([
      ['connecting', '', undefined],
      ['lost', 'no', 1000],
      ['connecting', 'again, after: no', undefined],
      ['lost', 'no', 3000],
    ])
    abort()
    await keeper.done
  })

  test('grows while attempts take long to fail: that is no time in which it worked', async () => {
    const slow: Connect = () =>
      new Promise((_, reject) => setTimeout(() => reject(new ConnectionError(lost('does not answer'))), 50_000))
    const { keeper, attempts, abort } = keep(slow)
    await vi.advanceTimersByTimeAsync(600_000)
    expect(waitsOf(attempts).slice(0, 7)).toEqual([51, 52, 54, 58, 66, 80, 80])
    abort()
    await vi.advanceTimersByTimeAsync(50_000)
    await keeper.done
  })

  test('is short again after a connection that lived, and not after one that ended soon', async () => {
    let life = 1000
    const live = (): Promise<Cause> => new Promise((resolve) => setTimeout(() => resolve(lost('cut')), life))
    const { keeper, attempts, abort } = keep(() => Promise.resolve(fakeConnection().connection), live)
    await vi.advanceTimersByTimeAsync(20_000)
    // Each lives a second longer than it waits.
    expect(waitsOf(attempts)).toEqual([2, 3, 5, 9])
    life = 31_000
    await vi.advanceTimersByTimeAsync(200_000)
    expect(waitsOf(attempts).slice(-2)).toEqual([32, 32])
    abort()
    await vi.advanceTimersByTimeAsync(31_000)
    await keeper.done
  })
})

describe('a wait for a change', () => {
  test('that has been there all along makes no busy circle', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    const { keeper, attempts, abort } = keep(failing({ when: Promise.resolve() }))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(attempts.length).toBeLessThanOrEqual(51)
    expect(Math.min(...attempts.slice(1).map((at, index) => at - (attempts[index] ?? 0)))).toBeGreaterThanOrEqual(200)
    abort()
    await keeper.done
  })

  test('that comes after the wait was ended by a person disturbs no later one', async () => {
    const change = Promise.withResolvers<void>()
    let again: Again = { when: change.promise }
    const { keeper, attempts, abort } = keep((signal) => failing(again)(signal))
    await vi.advanceTimersByTimeAsync(0)
    again = 'asked'
    keeper.retry()
    await vi.advanceTimersByTimeAsync(0)
    expect(attempts).toHaveLength(2)
    change.resolve()
    await vi.advanceTimersByTimeAsync(5000)
    expect(attempts).toHaveLength(2)
    keeper.retry()
    await vi.advanceTimersByTimeAsync(0)
    expect(attempts).toHaveLength(3)
    abort()
    await keeper.done
  })

  test('does not bring all that wait for it back at once', async () => {
    vi.restoreAllMocks()
    const change = Promise.withResolvers<void>()
    const many = Array.from({ length: 100 }, () => keep(failing({ when: change.promise })))
    await vi.advanceTimersByTimeAsync(0)
    change.resolve()
    await vi.advanceTimersByTimeAsync(1100)
    const second = many.map(({ attempts }) => Math.floor((attempts[1] ?? Number.NaN) / 100))
    expect(second.every((tenth) => tenth >= 2 && tenth <= 10)).toBe(true)
    expect(new Set(second).size).toBeGreaterThan(4)
    for (const { abort } of many) abort()
    await Promise.all(many.map(({ keeper }) => keeper.done))
  })
})

describe('an occasion', () => {
  /** One that comes when the test says so. */
  const occasion = () => {
    const listeners = new Set<() => void>()
    const on: Occasion = (come) => {
      listeners.add(come)
      return () => void listeners.delete(come)
    }
    return { on, listeners, come: () => listeners.forEach((listener) => listener()) }
  }

  test.each([
    ['alone', (on: Occasion): Again => ({ on })],
    ['before a time', (sooner: Occasion): Again => ({ at: 3_000_000, sooner })],
  ])('%s brings the next attempt, within a second, and nobody listens any more', async (_, againOn) => {
    const { on, come, listeners } = occasion()
    const { keeper, attempts, abort } = keep(failing(againOn(on)))
    await vi.advanceTimersByTimeAsync(60_000)
    expect([attempts, listeners.size]).toEqual([[0], 1])
    come()
    come()
    await vi.advanceTimersByTimeAsync(1100)
    expect(attempts).toHaveLength(2)
    expect(listeners.size).toBe(1)
    abort()
    await keeper.done
    expect(listeners.size).toBe(0)
  })

  test('that does not come leaves the time as it is', async () => {
    const { on, listeners } = occasion()
    const at = performance.now() + 5000
    const { keeper, attempts, told, abort } = keep(() =>
      failing({ at: Math.max(at, performance.now() + 1000), sooner: on })(always),
    )
    await vi.advanceTimersByTimeAsync(4999)
    expect(told.at(-1)).toEqual(['lost', 'no', 5000])
    expect(attempts).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect([attempts.length, listeners.size]).toEqual([2, 1])
    abort()
    await keeper.done
  })
})

describe('at the end', () => {
  test.each(['asked', { on: () => () => undefined }, { when: new Promise<void>(() => undefined) }, undefined] as const)(
    'it is done at once, whatever it waits for: %j',
    async (again) => {
      const { keeper, attempts, abort } = keep(failing(again))
      await vi.advanceTimersByTimeAsync(0)
      abort()
      await keeper.done
      expect(attempts).toHaveLength(1)
    },
  )

  test('it closes what it uses, and waits until that is gone', async () => {
    const fake = fakeConnection()
    const gone = Promise.withResolvers<Cause>()
    const close = vi.fn<() => void>()
    const used = Promise.withResolvers<Cause>()
    const { keeper, told, abort } = keep(
      () => Promise.resolve({ ...fake.connection, close, closed: gone.promise }),
      () => used.promise,
    )
    await vi.advanceTimersByTimeAsync(0)
    abort()
    used.resolve(lost('given up'))
    await vi.advanceTimersByTimeAsync(0)
    expect(close).toHaveBeenCalledOnce()
    let isDone = false
    void keeper.done.then(() => {
      isDone = true
    })
    await vi.advanceTimersByTimeAsync(1000)
    expect(isDone).toBe(false)
    gone.resolve(lost('closed'))
    await keeper.done
    expect(told).toEqual([['connecting', '', undefined]])
  })
})

test('which way an attempt goes and what it waits for is told while it is under way, and not afterwards', async () => {
  const answer = Promise.withResolvers<void>()
  const heard: Attempt[] = []
  const { told, ways } = keep(async (_, attempt) => {
    if (attempt !== undefined) heard.push(attempt)
    attempt?.goes({ transport: 'openssh', route: clean('karin@n1 via gate') })
    attempt?.waits(clean('waits for your answer'))
    await answer.promise
    attempt?.waits(clean(''))
    throw new ConnectionError(lost('no', 'asked'))
  })
  answer.resolve()
  await vi.advanceTimersByTimeAsync(0)
  heard[0]?.waits(clean('late'))
  heard[0]?.goes({ transport: 'ssh' })
  expect(ways).toEqual([{ transport: 'openssh', route: 'karin@n1 via gate' }])
  expect(told.map(([state, cause]) => [state, cause])).toEqual([
    ['connecting', ''],
    ['connecting', 'waits for your answer'],
    ['connecting', ''],
    ['lost', 'no'],
  ])
})
