import { column, type Figures, figureAt } from './figures.ts'
import type { Rule } from './rules.ts'
import { foldMinute, lane, minuteOf, minuteValue, type Series, slotOf, slotValue } from './series.ts'

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

/** A series as a snapshot knew it: what was written later than its newest slot does not exist for its reader. */
interface Known {
  readonly series: Series
  readonly newest: number
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
  const gaps = (): Float32Array => new Float32Array(Math.max(0, Math.ceil(seconds / secondsPerSlot))).fill(Number.NaN)
  const view: SeriesView = fullRate
    ? { values: gaps(), secondsPerSlot }
    : { values: gaps(), maxima: gaps(), ...(shape.peak ? {} : { minima: gaps() }), secondsPerSlot }
  const at = figures === undefined ? Number.NaN : figureAt(figures, column.at, position)
  // A series that was begun after the snapshot holds nothing for it.
  if (series === undefined || figures === undefined || Number.isNaN(at)) return view
  const value = Math.fround(figureAt(figures, column.value, position))
  const known: Known = { series, newest: slotOf(series, at), value }
  if (fullRate) fillSlots(view, known, slotOf(series, end))
  else fillMinutes(view, known, minuteOf(shape, slotOf(series, end)))
  return view
}

const valueAt = ({ series, newest, value }: Known, slot: number): number => {
  if (slot > newest) return Number.NaN
  return slot === newest ? value : slotValue(series, slot)
}

const fillSlots = ({ values }: SeriesView, known: Known, last: number): void => {
  const first = last - values.length + 1
  for (let index = 0; index < values.length; index++) values[index] = valueAt(known, first + index)
}

const folded = new Float64Array(3)

const fillMinutes = ({ values, minima, maxima }: SeriesView, known: Known, last: number): void => {
  const { series, newest } = known
  const writing = minuteOf(series.shape, newest)
  const first = last - values.length + 1
  for (let index = 0; index < values.length && first + index <= writing; index++) {
    // The minute that was being written is made again from its slots, as far as the snapshot knows them.
    if (first + index === writing) foldMinute((slot) => valueAt(known, slot), series.shape, writing, folded)
    else recall(series, first + index)
    values[index] = folded[lane.mean] ?? Number.NaN
    if (maxima !== undefined) maxima[index] = folded[lane.maximum] ?? Number.NaN
    if (minima !== undefined) minima[index] = folded[lane.minimum] ?? Number.NaN
  }
}

const recall = (series: Series, which: number): void => {
  folded[lane.maximum] = minuteValue(series, which, lane.maximum)
  folded[lane.mean] = minuteValue(series, which, series.shape.peak ? lane.maximum : lane.mean)
  folded[lane.minimum] = series.shape.peak ? Number.NaN : minuteValue(series, which, lane.minimum)
}
