import { column, type Figures, figure } from './figures.ts'
import type { Rule } from './rules.ts'
import { foldMinute, lane, minuteOf, minuteValue, type Series, slotOf, slotsPerMinute, slotValue } from './series.ts'

/** A stretch of a metric's history, oldest first and up to now; NaN is a gap. */
export interface SeriesView {
  /** At full rate the samples; of minutes the mean, for a percentile the largest. */
  readonly values: Float32Array
  /** Of minutes only, and not for percentiles. */
  readonly minima?: Float32Array
  /** Of minutes only. */
  readonly maxima?: Float32Array
  readonly secondsPerSlot: number
}

/** The newest slot as a snapshot knew it; what is written later does not exist for its reader. */
interface Head {
  readonly slot: number
  readonly value: number
}

const minute = 60

/**
 * The last `seconds` of a metric, as of the figures given: at full rate where the ring reaches back so far, else by
 * minutes. `end` (monotonic ms) is the end of the window.
 */
export const windowOf = (
  series: Series | undefined,
  figures: Figures | undefined,
  position: number,
  rule: Rule,
  seconds: number,
  end: number,
): SeriesView => {
  const { shape } = rule
  const fullRate = seconds <= (series === undefined ? 15 * minute : series.slots * shape.period)
  const secondsPerSlot = fullRate ? shape.period : minute
  const length = Math.max(0, Math.ceil(seconds / secondsPerSlot))
  const values = new Float32Array(length).fill(Number.NaN)
  if (series === undefined || figures === undefined) return { values, secondsPerSlot }
  const newest = figure(figures, column.at, position)
  // A series that was begun after the snapshot holds nothing for it.
  if (Number.isNaN(newest)) return { values, secondsPerSlot }
  const head = { slot: slotOf(series, newest), value: Math.fround(figure(figures, column.value, position)) }
  const last = slotOf(series, end)
  if (!fullRate) return minutesOf(series, head, minuteOf(shape, last), values)
  for (let index = 0; index < length; index++) values[index] = valueUpTo(series, head, last - length + 1 + index)
  return { values, secondsPerSlot }
}

const valueUpTo = (series: Series, head: Head, slot: number): number => {
  if (slot > head.slot) return Number.NaN
  return slot === head.slot ? head.value : slotValue(series, slot)
}

const folded = new Float64Array(3)

const minutesOf = (series: Series, head: Head, last: number, values: Float32Array): SeriesView => {
  const { shape } = series
  const maxima = values.slice()
  const minima = values.slice()
  const writing = Math.floor(head.slot / slotsPerMinute(shape))
  for (let index = 0; index < values.length; index++) {
    const which = last - values.length + 1 + index
    if (which > writing) break
    // The minute that was being written is made again from its slots, as far as the snapshot knows them.
    if (which === writing) foldMinute((slot) => valueUpTo(series, head, slot), shape, which, folded)
    else fold(series, which)
    maxima[index] = folded[lane.maximum] ?? Number.NaN
    values[index] = folded[lane.mean] ?? Number.NaN
    minima[index] = folded[lane.minimum] ?? Number.NaN
  }
  return { values, maxima, ...(shape.peak ? {} : { minima }), secondsPerSlot: minute }
}

const fold = (series: Series, which: number): void => {
  const maximum = minuteValue(series, which, lane.maximum)
  folded[lane.maximum] = maximum
  folded[lane.mean] = series.shape.peak ? maximum : minuteValue(series, which, lane.mean)
  folded[lane.minimum] = series.shape.peak ? maximum : minuteValue(series, which, lane.minimum)
}
