import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Event } from '../../source/events/event.ts'
import { startClock } from '../../source/feeds/clock.ts'

const begin = 5000
let stoppedFor = 0

beforeEach(() => {
  stoppedFor = 0
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'],
    now: new Date('2026-01-31T12:00:00Z'),
  })
  const own = performance.now.bind(performance)
  const zero = own()
  // A process that is stopped sees time pass and no timer fire.
  vi.spyOn(performance, 'now').mockImplementation(() => begin + own() - zero + stoppedFor)
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const started = () => {
  const events: Event[] = []
  const controller = new AbortController()
  const clock = startClock((batch) => void events.push(...batch), controller.signal)
  return { events, clock, controller }
}

describe('the clock', () => {
  test('tells monotonic and wall time at once and four times a second', async () => {
    const { events, clock, controller } = started()
    vi.advanceTimersByTime(500)
    const wall = Date.parse('2026-01-31T12:00:00Z')
    expect(events).toEqual(
      [0, 250, 500].map((passed) => ({ type: 'clock', at: begin + passed, wall: wall + passed, late: 0 })),
    )
    expect(clock.now()).toBe(begin + 500)
    controller.abort()
    await clock.done
    vi.advanceTimersByTime(10_000)
    expect(events).toHaveLength(3)
  })

  test('knows how late it was, from the moment on at which it should have told the time', () => {
    const { events, clock, controller } = started()
    vi.advanceTimersByTime(1000)
    expect(clock.late()).toBe(0)
    stoppedFor = 61_000
    expect(clock.late()).toBe(60_750)
    vi.advanceTimersByTime(250)
    expect(events.at(-1)).toMatchObject({ late: 61_000 })
    vi.advanceTimersByTime(249)
    expect(clock.late()).toBe(61_000)
    vi.advanceTimersByTime(1)
    expect(clock.late()).toBe(0)
    controller.abort()
  })

  test('that nobody wants any more does not run on', async () => {
    const events: Event[] = []
    const clock = startClock((batch) => void events.push(...batch), AbortSignal.abort())
    await clock.done
    vi.advanceTimersByTime(10_000)
    expect(events).toHaveLength(1)
  })
})
