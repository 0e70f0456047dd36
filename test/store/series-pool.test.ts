import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lane, minuteOf, minuteValue, type Series, type Shape, slotValue, write } from '../../source/store/series.ts'
import { createSeriesPool } from '../../source/store/series-pool.ts'

const shapes: readonly Shape[] = [
  { period: 1, peak: false, shown: true },
  { period: 1, peak: false, shown: false },
  { period: 5, peak: true, shown: true },
  { period: 5, peak: false, shown: false },
]

const valueOf = (index: number, slot: number): number => ((index * 31 + slot) % 1000) + 1

const fill = (series: Series, index: number, slots: number): void => {
  for (let slot = series.first; slot < series.first + slots; slot++) write(series, slot, valueOf(index, slot))
}

const heldSlots = (series: Series): readonly number[] => {
  const oldest = Math.max(series.first, series.head - series.slots + 1)
  return Array.from({ length: series.slots === 0 ? 0 : series.head - oldest + 1 }, (_, index) => oldest + index)
}

describe('the pool', () => {
  it('never takes more than its bytes, and every series keeps its newest values when all are shortened', () => {
    const creations = fc.array(
      fc.record({ shape: fc.constantFrom(...shapes), slots: fc.integer({ min: 1, max: 700 }) }),
      {
        minLength: 1,
        maxLength: 60,
      },
    )
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400_000 }), creations, (bytes, wanted) => {
        const pool = createSeriesPool(bytes, () => 1)
        const all = wanted.map(({ shape, slots }, index) => {
          const series = pool.create(shape, 0, 1)
          fill(series, index, slots)
          return series
        })
        expect(pool.history().allocated).toBeLessThanOrEqual(bytes)
        for (const [index, series] of all.entries()) {
          const held = heldSlots(series)
          expect(held.map((slot) => slotValue(series, slot))).toEqual(held.map((slot) => valueOf(index, slot)))
        }
      }),
      { numRuns: 60 },
    )
  })

  it('gives the room of what is released to the next of its kind, and what was released reads as gaps', () => {
    const step = fc.record({
      shape: fc.constantFrom(...shapes),
      slots: fc.integer({ min: 1, max: 700 }),
      frees: fc.nat(),
    })
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 400_000 }),
        fc.array(step, { minLength: 1, maxLength: 60 }),
        (bytes, steps) => {
          const pool = createSeriesPool(bytes, () => 1)
          const held = new Map<number, Series>()
          const released: Series[] = []
          for (const [index, { shape, slots, frees }] of steps.entries()) {
            const series = pool.create(shape, index * 5000, 1)
            fill(series, index, slots)
            held.set(index, series)
            const [gone, of] = [...held][frees % (2 * held.size)] ?? []
            if (gone === undefined || of === undefined) continue
            held.delete(gone)
            pool.release(of)
            released.push(of)
          }
          for (const [index, series] of held) {
            const slots = heldSlots(series)
            expect(slots.map((slot) => slotValue(series, slot))).toEqual(slots.map((slot) => valueOf(index, slot)))
          }
          for (const series of released) {
            expect(slotValue(series, series.head)).toBeNaN()
            expect(minuteValue(series, minuteOf(series.shape, series.first), lane.mean)).toBeNaN()
          }
        },
      ),
      {
        numRuns: 60,
        // Room for more comes free between two that need it: nothing may move away from the start.
        examples: [
          [
            808,
            [0, 2, 0, 2, 0].map((which, index) => ({
              shape: shapes[which] ?? { period: 1, peak: false, shown: true },
              slots: 1,
              frees: [256084411, 234513274, 1528624052, 60412700, 0][index] ?? 0,
            })),
          ],
        ],
      },
    )
  })

  it('takes no more room for a thousand that come and go than for one', () => {
    const pool = createSeriesPool(64 * 2 ** 20, () => 1)
    const [shape] = shapes
    if (shape === undefined) throw new Error('no shape')
    pool.release(pool.create(shape, 0, 1))
    const { allocated } = pool.history()
    for (let turn = 1; turn < 1000; turn++) pool.release(pool.create(shape, turn * 1000, 1))
    expect(pool.history()).toMatchObject({ allocated, shown: { seconds: 900 } })
  })

  it('gives room that is released twice away once', () => {
    const pool = createSeriesPool(2_500_000, () => 1)
    const shape: Shape = { period: 1, peak: false, shown: true }
    const series = pool.create(shape, 0, 1)
    pool.release(series)
    pool.release(series)
    const [one, other] = [pool.create(shape, 0, 1), pool.create(shape, 0, 1)]
    fill(one, 1, 10)
    fill(other, 2, 10)
    expect(slotValue(one, 5)).toBe(valueOf(1, 5))
    expect(slotValue(other, 5)).toBe(valueOf(2, 5))
  })

  it('gives no number to two series', () => {
    const pool = createSeriesPool(2_500_000, () => 1)
    const all = Array.from({ length: 300 }, (_, index) =>
      pool.create(shapes[index % 4] ?? { period: 1, peak: false, shown: true }, 0, 1),
    )
    const taken = new Map<Float32Array, [number, number][]>()
    for (const { shape, data, offset, slots, minutes } of all) {
      const end = offset + slots + (shape.peak ? 1 : 3) * minutes
      expect(end).toBeLessThanOrEqual(data.length)
      taken.set(data, [...(taken.get(data) ?? []), [offset, end]])
    }
    for (const pieces of taken.values()) {
      const sorted = pieces.toSorted(([a], [b]) => a - b)
      for (const [index, [offset]] of sorted.entries())
        expect(offset).toBeGreaterThanOrEqual(sorted[index - 1]?.[1] ?? 0)
    }
  })

  it('keeps the newest minutes when series are shortened', () => {
    const shape: Shape = { period: 5, peak: false, shown: true }
    const pool = createSeriesPool(40_000, () => 1)
    const series = pool.create(shape, 0, 1)
    fill(series, 0, 12 * 200)
    const newest = minuteOf(shape, series.head) - 1
    const before = Array.from({ length: 100 }, (_, index) => minuteValue(series, newest - index, lane.mean))
    const long = series.minutes
    for (let more = 0; more < 8; more++) pool.create(shape, 0, 1)
    expect(series.minutes).toBeLessThan(long)
    const after = Array.from({ length: 100 }, (_, index) => minuteValue(series, newest - index, lane.mean))
    expect(after).toEqual(before)
  })

  it('shortens once for all nodes that are known, not again with each', () => {
    const shape: Shape = { period: 5, peak: true, shown: true }
    let nodes = 1000
    const pool = createSeriesPool(1_000_000, () => nodes)
    const depths = new Set<number>()
    for (let made = 0; made < 1000; made++) {
      pool.create(shape, 0, 1)
      nodes = 1000 / (made + 1)
      depths.add(pool.history().shown.minutes)
    }
    expect(depths.size).toBe(2)
  })

  it('takes memory only as it is needed', () => {
    const pool = createSeriesPool(64 * 2 ** 20, () => 1)
    pool.create({ period: 1, peak: false, shown: true }, 0, 1)
    expect(pool.history().allocated).toBe(2 ** 20)
  })

  it('holds no history, and says so, where it has no room at all', () => {
    const pool = createSeriesPool(0, () => 1)
    const series = pool.create({ period: 1, peak: false, shown: true }, 0, 1)
    fill(series, 0, 10)
    expect(slotValue(series, series.first)).toBeNaN()
    expect(pool.history()).toMatchObject({ allocated: 0, shown: { seconds: 0, minutes: 0 } })
  })
})
