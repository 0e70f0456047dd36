import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Event } from '../../source/events/event.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { createPainting } from '../../source/modes/painting.ts'
import { createStore } from '../../source/store/store.ts'
import { clean } from '../../source/text/clean.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

const node = 'worker-1' as NodeName
const link: readonly Event[] = [
  { type: 'link', subject: { node }, at: 0, link: { transport: 'ssh', state: 'live', cause: clean('') } },
]
const figures: readonly Event[] = [{ type: 'sample', subject: { node }, at: 0, metrics: [], values: [] }]

/** Times of the paints, ms, when these events come every 10 ms for so long. */
const paintsOf = (events: readonly Event[], milliseconds: number): readonly number[] => {
  const painting = createPainting({ presented: 0, replaced: 0, bytes: 0 })
  const begun = performance.now()
  const paints: number[] = []
  painting.onPaint(() => paints.push(performance.now() - begun))
  for (let at = 0; at < milliseconds; at += 10) {
    painting.noticed(events)
    vi.advanceTimersByTime(10)
  }
  painting.stop()
  return paints
}

test('a link that changes is painted at once', () => {
  expect(paintsOf(link, 100)).toEqual([50])
})

test('links that change all the time are painted four times a second', () => {
  expect(paintsOf(link, 1100)).toEqual([50, 300, 550, 800, 1050])
})

test('figures are painted once a second', () => {
  expect(paintsOf(figures, 3000)).toEqual([50, 1000, 1950, 2900])
})

test('without news it is painted all the same', () => {
  expect(paintsOf([], 3000)).toEqual([1200, 2400])
})

test('a snapshot is given back once a later one is on the screen, unless it is held still', () => {
  const store = createStore()
  const painting = createPainting({ presented: 0, replaced: 0, bytes: 0 })
  const release = vi.spyOn(store, 'release')
  const snapshot = painting.snapshotOf(store)
  const next = () => {
    store.apply([{ type: 'clock', at: performance.now(), wall: 0, late: 0 }])
    vi.advanceTimersByTime(1200)
    return snapshot()
  }
  const [first, second] = [next(), next()]
  expect(release).not.toHaveBeenCalled()
  painting.drawn(store, undefined)
  expect(release.mock.calls).toEqual([[first]])
  const third = next()
  painting.drawn(store, second)
  expect(release).toHaveBeenCalledTimes(1)
  next()
  painting.drawn(store, second)
  expect(release.mock.calls).toEqual([[first], [third]])
  painting.drawn(store, undefined)
  expect(release.mock.calls).toEqual([[first], [third], [second]])
  painting.stop()
})
