import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  lane,
  minuteOf,
  minuteValue,
  type Series,
  type Shape,
  slotOf,
  slotValue,
  write,
} from '../../source/store/series.ts'
import { createSeriesPool } from '../../source/store/series-pool.ts'

const everySecond: Shape = { period: 1, peak: false, shown: true }

const seriesOf = (shape: Shape, at = 0): Series => createSeriesPool(1_000_000, () => 1).create(shape, at, 0)

/** A series whose rings hold a minute of seconds and ten minutes, so that they are run over often. */
const shortSeries = (): Series => {
  const series = createSeriesPool((60 + 3 * 10) * 4, () => 1).create(everySecond, 0, 0)
  expect([series.slots, series.minutes]).toEqual([60, 10])
  return series
}

interface Step {
  readonly ahead: number
  readonly value: number
}

const steps = fc.array(
  fc.record({
    ahead: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 0, max: 3 }) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 900 }) },
    ),
    value: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: -100, max: 100 }) },
      { weight: 1, arbitrary: fc.constant(Number.NaN) },
    ),
  }),
  { minLength: 1, maxLength: 400 },
)

/** What a series that began with 0 should hold: every slot ever written, in a map. */
const naive = (run: readonly Step[], first: number): ReadonlyMap<number, number> => {
  const slots = new Map([[first, 0]])
  let slot = first
  for (const { ahead, value } of run) {
    slot += ahead
    slots.set(slot, value)
  }
  return slots
}

const writeAll = (series: Series, run: readonly Step[]): void => {
  let slot = series.first
  for (const { ahead, value } of run) {
    slot += ahead
    write(series, slot, value)
  }
}

describe('a series at full rate', () => {
  it('holds what a plain list would hold of its newest slots, and gaps elsewhere', () => {
    fc.assert(
      fc.property(steps, (run) => {
        const series = shortSeries()
        writeAll(series, run)
        const list = naive(run, series.first)
        for (let slot = series.first - 5; slot <= series.head + 5; slot++) {
          const held = slot > series.head - series.slots
          expect(slotValue(series, slot)).toBe(held ? (list.get(slot) ?? Number.NaN) : Number.NaN)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('keeps the last of two values in one slot', () => {
    const series = seriesOf(everySecond)
    write(series, series.first, 1)
    write(series, series.first, 2)
    expect(slotValue(series, series.first)).toBe(2)
  })

  it('leaves older slots as they are', () => {
    const series = seriesOf(everySecond)
    write(series, series.first, 1)
    write(series, series.first + 2, 3)
    write(series, series.first + 1, 2)
    expect(slotValue(series, series.first + 1)).toBeNaN()
  })

  it('puts each of a node’s samples into a slot of its own, though they come a little early or late', () => {
    const jittering = fc.array(fc.double({ min: -0.45, max: 0.45, noNaN: true }), { maxLength: 50 })
    fc.assert(
      fc.property(
        fc.integer({ min: 1000, max: 10_000_000 }),
        fc.constantFrom(1, 5, 10),
        jittering,
        (start, period, jitter) => {
          const series = seriesOf({ period, peak: false, shown: true }, start)
          const slots = jitter.map((late, tick) => slotOf(series, start + (tick + late) * period * 1000))
          expect(slots).toEqual(jitter.map((_, tick) => series.first + tick))
        },
      ),
    )
  })
})

describe('a series by minutes', () => {
  const minuteOfList = (list: ReadonlyMap<number, number>, shape: Shape, minute: number): readonly number[] =>
    [...list]
      .filter(([slot, value]) => minuteOf(shape, slot) === minute && !Number.isNaN(value))
      .map(([, value]) => value)

  it('holds the largest, the mean and the least of each complete minute, and gaps where nothing was read', () => {
    fc.assert(
      fc.property(steps, (run) => {
        const series = shortSeries()
        writeAll(series, run)
        const list = naive(run, series.first)
        const writing = minuteOf(everySecond, series.head)
        for (let minute = minuteOf(everySecond, series.first) - 2; minute < writing + 2; minute++) {
          const values =
            minute >= writing - series.minutes && minute < writing ? minuteOfList(list, everySecond, minute) : []
          const empty = values.length === 0
          const mean = values.reduce((sum, value) => sum + value, 0) / values.length
          expect(minuteValue(series, minute, lane.maximum)).toBe(empty ? Number.NaN : Math.max(...values))
          expect(minuteValue(series, minute, lane.mean)).toBe(empty ? Number.NaN : Math.fround(mean))
          expect(minuteValue(series, minute, lane.minimum)).toBe(empty ? Number.NaN : Math.min(...values))
        }
      }),
      { numRuns: 50 },
    )
  })

  it('holds of a percentile the largest only', () => {
    const percentile: Shape = { period: 5, peak: true, shown: true }
    const series = seriesOf(percentile)
    for (let index = 0; index < 24; index++) write(series, series.first + index, index)
    expect(minuteValue(series, minuteOf(percentile, series.first), lane.maximum)).toBe(11)
  })
})
