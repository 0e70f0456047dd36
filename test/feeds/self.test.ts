import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Event } from '../../source/events/event.ts'
import { watchSelf } from '../../source/feeds/self.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

test('kntop tells every five seconds what it takes itself: percent of a core, and bytes', async () => {
  const usage = vi.spyOn(process, 'cpuUsage')
  usage.mockReturnValueOnce({ user: 1_000_000, system: 500_000 })
  vi.spyOn(process.memoryUsage, 'rss').mockReturnValue(123_456_789)
  const events: Event[] = []
  const controller = new AbortController()
  const done = watchSelf((batch) => void events.push(...batch), controller.signal)
  // 0.2 s of 5 s since the last time.
  usage.mockReturnValueOnce({ user: 150_000, system: 50_000 })
  await vi.advanceTimersByTimeAsync(5000)
  expect(events).toEqual([{ type: 'self', cpu: expect.closeTo(4, 9), memory: 123_456_789 }])
  controller.abort()
  await done
  await vi.advanceTimersByTimeAsync(60_000)
  expect(events).toHaveLength(1)
})
