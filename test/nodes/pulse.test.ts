import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createPulse } from '../../source/nodes/pulse.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** Beats that were heard: whose, the boundary, and how long after it. */
const hearing = () => {
  const heard: (readonly [string, number])[] = []
  const latenesses: number[] = []
  const pulse = createPulse(() => performance.now())
  const join = (name: string, phase: number, more = (): void => undefined): (() => void) =>
    pulse.join(phase, (at, boundary) => {
      heard.push([name, boundary])
      latenesses.push(at - boundary)
      more()
    })
  return { heard, latenesses, join }
}

describe('a pulse', () => {
  test('beats once a second, in the phase of each, and never before its time', () => {
    const { heard, latenesses, join } = hearing()
    join('a', 20)
    join('b', 980)
    join('c', 20)
    vi.advanceTimersByTime(2500)
    expect(heard).toEqual([
      ['a', 20],
      ['c', 20],
      ['b', 980],
      ['a', 1020],
      ['c', 1020],
      ['b', 1980],
      ['a', 2020],
      ['c', 2020],
    ])
    expect(latenesses.every((late) => late > 0 && late <= 2)).toBe(true)
  })

  test('of a phase needs one timer, however many are of it, and none once all have left', () => {
    const { heard, join } = hearing()
    const leave = ['a', 'b', 'c'].map((name) => join(name, 20))
    expect(vi.getTimerCount()).toBe(1)
    leave[0]?.()
    vi.advanceTimersByTime(100)
    expect(heard.map(([name]) => name)).toEqual(['b', 'c'])
    for (const one of leave) one()
    expect(vi.getTimerCount()).toBe(0)
    vi.advanceTimersByTime(5000)
    expect(heard).toHaveLength(2)
  })

  test('is left in the middle of a beat, by others too', () => {
    const { heard, join } = hearing()
    const leave: (() => void)[] = []
    join('a', 0, () => {
      for (const one of leave) one()
    })
    leave.push(join('b', 0), join('c', 0))
    vi.advanceTimersByTime(2500)
    expect(heard).toEqual([
      ['a', 1000],
      ['a', 2000],
    ])
  })

  test('beats on for whoever comes after all had left, within a beat even', () => {
    const { heard, join } = hearing()
    const leave = join('a', 0, () => {
      leave()
      join('b', 0)
    })
    vi.advanceTimersByTime(3500)
    expect(heard).toEqual([
      ['a', 1000],
      ['b', 2000],
      ['b', 3000],
    ])
  })

  test('catches up by one beat after a time in which we were stopped', () => {
    const { heard, latenesses, join } = hearing()
    const asleep = vi.spyOn(performance, 'now')
    join('a', 0)
    vi.advanceTimersByTime(999)
    asleep.mockReturnValue(61_300)
    vi.advanceTimersByTime(2)
    expect(heard).toEqual([['a', 61_000]])
    expect(latenesses).toEqual([300])
    asleep.mockReturnValue(62_001)
    vi.advanceTimersByTime(701)
    expect(heard).toEqual([
      ['a', 61_000],
      ['a', 62_000],
    ])
  })

  test('goes on beating after a beat that failed', () => {
    const { heard, join } = hearing()
    const leave = join('a', 0, () => {
      leave()
      throw new Error('a fault of ours')
    })
    join('b', 0)
    expect(() => vi.advanceTimersByTime(1500)).toThrow('a fault of ours')
    vi.advanceTimersByTime(1000)
    expect(heard).toEqual([
      ['a', 1000],
      ['b', 2000],
    ])
  })
})
