import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Connect, ConnectionError } from '../../source/nodes/connections/connection.ts'
import { connectLocal } from '../../source/nodes/connections/local.ts'
import { clean } from '../../source/text/clean.ts'
import { fakeConnection } from './fake-connection.ts'
import { node, watched } from './watched-node.ts'

const patience = { timeout: 15_000, interval: 20 }

describe('a connection that lives', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  test('is kept while its sampler never greets, which is tried again after longer and longer waits', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const began: number[] = []
    const fake = fakeConnection((channel) => {
      began.push(performance.now())
      channel.end(127, 'sh: not found')
    })
    let connects = 0
    const it = watched({
      connect: () => {
        connects += 1
        return Promise.resolve(fake.connection)
      },
    })
    for (let second = 0; second < 200; second += 1) {
      await vi.advanceTimersByTimeAsync(1000)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(it.links().at(-1)).toMatchObject({ state: 'no-data' })
    expect(it.links().at(-1)?.cause).toMatch(/the sampler ended with status 127: sh: not found/)
    const waits = began.slice(1).map((at, index) => Math.round((at - (began[index] ?? 0)) / 1000))
    expect(waits.slice(0, 8)).toEqual([1, 2, 4, 8, 16, 32, 60, 60])
    expect(connects).toBe(1)
    await it.end()
    expect(await fake.connection.closed).toMatchObject({ cause: 'closed' })
  })

  const refusing = () => {
    const local = connectLocal()
    const state = { refuses: false, asked: 0 }
    const connect: Connect = async () => {
      const connection = await local
      return {
        ...connection,
        stream: (program, signal) => {
          state.asked += 1
          return state.refuses
            ? Promise.reject(new ConnectionError({ state: 'no-data', cause: clean('does not open another channel') }))
            : connection.stream(program, signal)
        },
      }
    }
    return { state, it: watched({ connect }) }
  }

  test('and refuses another channel says so beside its state, until it gives one again', async () => {
    const { state, it } = refusing()
    await expect.poll(() => it.states().at(-1), patience).toBe('live')
    state.refuses = true
    it.watch.inquire([{ node, place: { kind: 'host' }, tab: 'routes' }])
    await expect
      .poll(() => it.links().at(-1), patience)
      .toMatchObject({ state: 'live', remark: 'new logins fail: does not open another channel' })
    state.refuses = false
    it.watch.inquireAgain()
    await expect.poll(() => it.links().at(-1)?.remark, patience).toBeUndefined()
    expect(it.states().at(-1)).toBe('live')
    await it.end()
  })

  test('and opens no channel for a sampler says so once, says when it asks again, and asks at once for a person', async () => {
    const { state, it } = refusing()
    state.refuses = true
    const seconds = (): number => (it.links().at(-1)?.until ?? 0) - performance.now()
    // After some attempts, so that the wait is longer than the test.
    for (let times = 0; times < 6; times += 1) {
      const before = state.asked
      it.watch.retry()
      await expect.poll(() => state.asked, patience).toBeGreaterThan(before)
      await expect.poll(seconds, patience).toBeGreaterThan(0)
    }
    const told = it.links().at(-1)
    expect(told).toMatchObject({ state: 'no-data', cause: 'does not open another channel' })
    expect(told?.remark).toBeUndefined()
    expect(seconds()).toBeGreaterThan(10_000)
    state.refuses = false
    it.watch.retry()
    await expect.poll(() => it.states().at(-1), patience).toBe('live')
    expect(it.links().at(-1)?.remark).toBeUndefined()
    await it.end()
  })
})
