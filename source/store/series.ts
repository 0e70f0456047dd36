/** What decides how many numbers a series takes. */
export interface Shape {
  /** Seconds of one slot at full rate. */
  readonly period: number
  /** A percentile: a minute of them is their maximum, and nothing else is kept. */
  readonly peak: boolean
  /** Stands in a default column or feeds a derived figure: its history is shortened last. */
  readonly shown: boolean
}

/**
 * The history of one metric of one node: a ring of slots at full rate, then rings of minutes (the largest value; unless
 * it is a percentile also the mean and the least), side by side in a piece of the pool. Slots are numbered from the start
 * of time, slot s standing at s modulo the ring's length, so a reader can tell what is still there, whoever wrote since.
 */
export interface Series {
  readonly shape: Shape
  /** Where the pool keeps it. */
  place: number
  /** Whole milliseconds by which slot 0 is moved, so that samples fall into the middle of slots and jitter does no harm. */
  phase: number
  data: Float32Array
  offset: number
  /** Length of the ring at full rate; 0 where the pool has no room for history. */
  slots: number
  /** Length of each ring of minutes. */
  minutes: number
  first: number
  /** The newest slot written. */
  head: number
}

export const lanesOf = (shape: Shape): number => (shape.peak ? 1 : 3)

/** The order in which the rings of minutes stand. */
export const lane = { maximum: 0, mean: 1, minimum: 2 } as const

/**
 * The phase that puts a time (monotonic ms, not negative) into the middle of a slot, within half a millisecond: a fraction
 * would be an object of its own, of which there are fifty thousand.
 */
export const phaseFor = (at: number, period: number): number => {
  const length = period * 1000
  return Math.round((at + length / 2) % length) - length
}

export const slotOf = (series: Series, at: number): number =>
  Math.floor((at - series.phase) / (series.shape.period * 1000))

export const slotsPerMinute = (shape: Shape): number => 60 / shape.period

export const minuteOf = (shape: Shape, slot: number): number => Math.floor(slot / slotsPerMinute(shape))

/** A slot's value; NaN for a gap, and for what was never written or is overwritten by now. */
export const slotValue = (series: Series, slot: number): number =>
  slot < series.first || slot > series.head || slot <= series.head - series.slots
    ? Number.NaN
    : (series.data[series.offset + (slot % series.slots)] ?? Number.NaN)

/** A complete minute's value in one of the {@link lane}s; NaN as for slots, and for the minute still being written. */
export const minuteValue = (series: Series, minute: number, which: number): number => {
  const writing = minuteOf(series.shape, series.head)
  if (minute >= writing || minute < writing - series.minutes || minute < minuteOf(series.shape, series.first)) {
    return Number.NaN
  }
  return series.data[minutePlace(series, minute, which)] ?? Number.NaN
}

const minutePlace = (series: Series, minute: number, which: number): number =>
  series.offset + series.slots + which * series.minutes + (minute % series.minutes)

/** Largest, mean and least (in the order of {@link lane}) of the slots of a minute that are there. */
export const foldMinute = (
  valueOf: (slot: number) => number,
  shape: Shape,
  minute: number,
  into: Float64Array,
): void => {
  const each = slotsPerMinute(shape)
  let most = Number.NEGATIVE_INFINITY
  let least = Number.POSITIVE_INFINITY
  let sum = 0
  let count = 0
  for (let slot = minute * each; slot < (minute + 1) * each; slot++) {
    const value = valueOf(slot)
    if (Number.isNaN(value)) continue
    most = Math.max(most, value)
    least = Math.min(least, value)
    sum += value
    count++
  }
  into[lane.maximum] = count === 0 ? Number.NaN : most
  into[lane.mean] = count === 0 ? Number.NaN : shape.peak ? most : sum / count
  into[lane.minimum] = count === 0 ? Number.NaN : least
}

const folded = new Float64Array(3)

const closeMinutes = (series: Series, next: number): void => {
  const lanes = lanesOf(series.shape)
  const current = minuteOf(series.shape, series.head)
  foldMinute((slot) => slotValue(series, slot), series.shape, current, folded)
  for (let which = 0; which < lanes; which++) {
    series.data[minutePlace(series, current, which)] = folded[which] ?? Number.NaN
    for (let minute = Math.max(current + 1, next - series.minutes); minute < next; minute++) {
      series.data[minutePlace(series, minute, which)] = Number.NaN
    }
  }
}

/** Writes a slot's value, NaN for a gap. Skipped slots become gaps; in one slot the last value stands; older slots are final. */
export const write = (series: Series, slot: number, value: number): void => {
  if (series.slots === 0 || slot < series.head) return
  if (slot > series.head) {
    const minute = minuteOf(series.shape, slot)
    if (minute > minuteOf(series.shape, series.head)) closeMinutes(series, minute)
    for (let skipped = Math.max(series.head + 1, slot - series.slots + 1); skipped < slot; skipped++) {
      series.data[series.offset + (skipped % series.slots)] = Number.NaN
    }
    series.head = slot
  }
  series.data[series.offset + (slot % series.slots)] = value
}
