import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { deadline } from '../../../source/nodes/connections/deadline.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const turns = async (): Promise<void> => {
  for (let index = 0; index < 4; index += 1) await turn()
}

test('it calls back when the time is over, and not before', async () => {
  const missed = vi.fn<() => void>()
  deadline(5000, missed)
  await vi.advanceTimersByTimeAsync(4999)
  await turns()
  expect(missed).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  await turns()
  expect(missed).toHaveBeenCalledOnce()
})

test('stopped, it never does', async () => {
  const missed = vi.fn<() => void>()
  deadline(5000, missed)()
  await vi.advanceTimersByTimeAsync(60_000)
  await turns()
  expect(missed).not.toHaveBeenCalled()
})

test('stopped by what had arrived by then, it never does', async () => {
  const missed = vi.fn<() => void>()
  const stop = deadline(5000, missed)
  // The answer waits to be read while the timer fires: the loop reads between its timers and its immediates.
  setImmediate(stop)
  await vi.advanceTimersByTimeAsync(5000)
  await turns()
  expect(missed).not.toHaveBeenCalled()
})

test('after a time in which we were stopped, the other side has all of its time once more', async () => {
  const missed = vi.fn<() => void>()
  deadline(5000, missed)
  const real = performance.now.bind(performance)
  let away = 60_000
  vi.spyOn(performance, 'now').mockImplementation(() => real() + away)
  await vi.advanceTimersByTimeAsync(5000)
  await turns()
  expect(missed).not.toHaveBeenCalled()
  away += 1
  await vi.advanceTimersByTimeAsync(4999)
  await turns()
  expect(missed).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  await turns()
  expect(missed).toHaveBeenCalledOnce()
})
