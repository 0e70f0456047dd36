import { describe, expect, it } from 'vitest'
import { catalogue } from '../../source/metrics/catalogue.ts'
import { createStore, type Store } from '../../source/store/store.ts'
import { clock, feed, nodeName, sample, worker } from './events.ts'

const metrics = catalogue.map(({ id }) => id)

/** Nodes that give every metric of the catalogue, a few seconds each. */
const storeOf = (nodes: number, historyBytes: number, ids = metrics): Store => {
  const store = createStore({ historyBytes })
  const values = new Float64Array(ids.length).fill(1)
  for (let second = 1; second <= 2; second++) {
    for (let index = 0; index < nodes; index++) {
      const node = nodeName(`worker-${index}`)
      store.apply([{ type: 'sample', subject: { node }, at: second * 1000, metrics: ids, values }])
    }
  }
  store.apply([clock(2)])
  return store
}

const megabytes = 2 ** 20

describe('the history of 64 MB', () => {
  it('reaches back 15 minutes and 24 hours for 80 nodes, for the default columns at the least', () => {
    const { history } = storeOf(80, 64 * megabytes).snapshot()
    expect(history.shown).toEqual({ seconds: 900, minutes: 1440 })
    expect(history.other.seconds).toBeGreaterThanOrEqual(300)
    expect(history.other.minutes).toBeGreaterThanOrEqual(120)
  })

  it('reaches back 5 minutes and 2 hours for the default columns of 1,000 nodes, and says what it holds of the rest', {
    timeout: 90_000,
  }, () => {
    const { history } = storeOf(1000, 64 * megabytes).snapshot()
    expect(history.shown.seconds).toBeGreaterThanOrEqual(300)
    expect(history.shown.minutes).toBeGreaterThanOrEqual(120)
    expect(history.other.seconds).toBeGreaterThanOrEqual(60)
    expect(history.allocated).toBeLessThanOrEqual(64 * megabytes)
  })

  it('keeps what was there when nodes are added', () => {
    const store = createStore({ historyBytes: 2 * megabytes })
    feed(store, 'conntrack.fill', 1, 300, (second) => second % 100)
    const before = store.snapshot().series(worker, 'conntrack.fill', 120)
    for (let index = 0; index < 200; index++) {
      store.apply([sample(300, 'conntrack.fill', 1, {}, nodeName(`n${index}`))])
    }
    expect(store.snapshot().history.shown.seconds).toBeLessThan(900)
    expect(store.snapshot().series(worker, 'conntrack.fill', 120)).toEqual(before)
  })

  it('can be none: figures are shown all the same', () => {
    const store = storeOf(3, 0)
    expect(store.snapshot().history.allocated).toBe(0)
    expect(store.snapshot().nodes.get(nodeName('worker-1'))?.value('cpu.busy')).toBe(1)
    const { values } = store.snapshot().series(nodeName('worker-1'), 'cpu.busy', 180)
    expect([...values]).toEqual([Number.NaN, Number.NaN, 1])
  })
})

describe('the series of a metric', () => {
  it('is at full rate up to what is held so, oldest first, with gaps where nothing was read', () => {
    const store = createStore()
    feed(store, 'conntrack.fill', 1, 10, (second) => second)
    store.apply([sample(13, 'conntrack.fill', 13), clock(13)])
    const { values, secondsPerSlot, minima, maxima } = store.snapshot().series(worker, 'conntrack.fill', 6)
    expect([...values]).toEqual([8, 9, 10, Number.NaN, Number.NaN, 13])
    expect([secondsPerSlot, minima, maxima]).toEqual([1, undefined, undefined])
  })

  it('is by minutes beyond, the minute of now included', () => {
    const store = createStore()
    feed(store, 'conntrack.fill', 0, 1290, (second) => second % 60)
    const { values, minima, maxima, secondsPerSlot } = store.snapshot().series(worker, 'conntrack.fill', 1200)
    expect(secondsPerSlot).toBe(60)
    expect(values).toHaveLength(20)
    expect([...values.subarray(0, 19)].every((mean) => Math.abs(mean - 29.5) < 1)).toBe(true)
    expect([minima?.[5], maxima?.[5]]).toEqual([0, 59])
    expect(maxima?.[19]).toBe(30)
  })

  it('of a percentile is the largest of each minute', () => {
    const store = createStore()
    feed(store, 'fdatasync.p99', 0, 3595, (second) => (second % 60 === 30 ? 9 : 1), 5)
    const { values, maxima, minima } = store.snapshot().series(worker, 'fdatasync.p99', 1800)
    expect([...values]).toEqual(Array.from({ length: 30 }, () => 9))
    expect(maxima).toEqual(values)
    expect(minima).toBeUndefined()
  })

  it('ends with the newest value while values come, and with now when they do not', () => {
    const store = createStore()
    feed(store, 'conntrack.fill', 1, 10, () => 1)
    store.apply([clock(11.5)])
    expect(store.snapshot().series(worker, 'conntrack.fill', 5).values.at(-1)).toBe(1)
    store.apply([clock(20)])
    const { values } = store.snapshot().series(worker, 'conntrack.fill', 15)
    expect([...values.subarray(-10)].every((value) => Number.isNaN(value))).toBe(true)
    expect(values[4]).toBe(1)
  })

  it('holds 15 minutes at full rate and 24 hours by minutes for one node', () => {
    const store = createStore()
    feed(store, 'rtt.p50', 0, 25 * 3600, () => 2, 5)
    expect(store.snapshot().series(worker, 'rtt.p50', 900)).toMatchObject({ secondsPerSlot: 5 })
    const day = store.snapshot().series(worker, 'rtt.p50', 24 * 3600)
    expect([...new Set(day.values)]).toEqual([2])
    expect(day.values).toHaveLength(1440)
  })

  it('of a node or a metric that never gave a value is all gaps', () => {
    const { values } = createStore().snapshot().series(worker, 'rtt.p50', 60)
    expect([...values]).toEqual(Array.from({ length: 12 }, () => Number.NaN))
  })
})
