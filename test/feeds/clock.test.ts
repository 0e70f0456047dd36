import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Event } from '../../source/events/event.ts'
import type { Link } from '../../source/events/link.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { startClock } from '../../source/feeds/clock.ts'
import { createStore } from '../../source/store/store.ts'
import { clean } from '../../source/text/clean.ts'

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

  test('moves no moment of the past while the wall clock only runs, however it is cut', () => {
    // Whole milliseconds of a clock that stands anywhere within one, as Date.now gives them.
    const wall = Date.parse('2026-01-31T12:00:00Z')
    vi.spyOn(Date, 'now').mockImplementation(() => Math.floor(wall + (performance.now() - begin) * 1.0037))
    const { events, controller } = started()
    vi.advanceTimersByTime(5000)
    controller.abort()
    const store = createStore()
    const subject = { node: 'here' as NodeName }
    const link: Link = { transport: 'local', state: 'live', cause: clean('') }
    store.apply([{ type: 'link', subject, link, at: begin + 17.123456 }])
    const since = events.map((event) => {
      store.apply([event])
      return store.snapshot().nodes.get(subject.node)?.linkSince
    })
    expect(since.length).toBeGreaterThan(20)
    expect(new Set(since)).toEqual(new Set([wall + 17.123456]))
  })

  test('follows a wall clock that is set, and then keeps to it', () => {
    const { events, controller } = started()
    vi.advanceTimersByTime(250)
    vi.setSystemTime(new Date('2026-01-31T13:00:00Z'))
    vi.advanceTimersByTime(500)
    controller.abort()
    const walls = events.map((event) => (event.type === 'clock' ? event.wall : Number.NaN))
    const [before, after] = [Date.parse('2026-01-31T12:00:00Z'), Date.parse('2026-01-31T13:00:00Z')]
    expect(walls).toEqual([before, before + 250, after + 250, after + 500])
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
