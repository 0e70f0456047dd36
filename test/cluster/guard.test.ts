import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createGuard } from '../../source/cluster/guard.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** How much further our clock is than the timers: we were stopped for so long. */
let skipped = 0
const now = (): number => performance.now() + skipped

describe('a guard over something that has to be heard of', () => {
  beforeEach(() => {
    skipped = 0
  })

  it('calls back once, when nothing was heard for so long', () => {
    const missed = vi.fn<() => void>()
    createGuard(1000, now, missed)
    vi.advanceTimersByTime(999)
    expect(missed).not.toHaveBeenCalled()
    vi.advanceTimersByTime(10)
    expect(missed).toHaveBeenCalledOnce()
    vi.advanceTimersByTime(10_000)
    expect(missed).toHaveBeenCalledOnce()
  })

  it('waits anew from each word on, and for another time where that is said', () => {
    const missed = vi.fn<() => void>()
    const guard = createGuard(1000, now, missed)
    vi.advanceTimersByTime(900)
    guard.heard()
    vi.advanceTimersByTime(900)
    guard.heard(5000)
    vi.advanceTimersByTime(4900)
    guard.heard()
    vi.advanceTimersByTime(4900)
    expect(missed).not.toHaveBeenCalled()
    guard.heard(100)
    vi.advanceTimersByTime(150)
    expect(missed).toHaveBeenCalledOnce()
  })

  it('holds nothing against the other side that we slept through', () => {
    const missed = vi.fn<() => void>()
    createGuard(1000, now, missed)
    skipped = 60_000
    vi.advanceTimersByTime(1900)
    expect(missed).not.toHaveBeenCalled()
    vi.advanceTimersByTime(200)
    expect(missed).toHaveBeenCalledOnce()
  })

  it('reads what has arrived before it judges', () => {
    const missed = vi.fn<() => void>()
    const guard = createGuard(1000, now, missed)
    setTimeout(() => setImmediate(() => guard.heard()), 1000)
    vi.advanceTimersByTime(1500)
    expect(missed).not.toHaveBeenCalled()
    guard.stop()
    vi.advanceTimersByTime(5000)
    expect(missed).not.toHaveBeenCalled()
  })
})
