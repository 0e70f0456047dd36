/** A series brought to the width of a chart: one entry per column, NaN throughout a gap. */
export interface Buckets {
  readonly low: Float64Array
  readonly mean: Float64Array
  readonly high: Float64Array
}

/** Evenly spaced values, oldest first; NaN is a gap. Rolled-up values come with the extremes they stand for. */
export interface Series {
  readonly values: ArrayLike<number>
  readonly minima?: ArrayLike<number> | undefined
  readonly maxima?: ArrayLike<number> | undefined
}

const finiteOr = (value: number | undefined, other: number): number =>
  value !== undefined && Number.isFinite(value) ? value : other

/**
 * Spreads a series over exactly `columns` buckets, the newest value in the last. Each keeps its least and its greatest
 * value beside the mean, so that one bad second in an hour is still seen; where there are more columns than values, a value
 * takes several. A bucket without one finite value is a gap.
 */
export const bucketise = ({ values, minima, maxima }: Series, columns: number): Buckets => {
  const low = new Float64Array(columns).fill(Number.NaN)
  const mean = low.slice()
  const high = low.slice()
  const count = values.length
  if (count === 0) return { low, mean, high }
  for (let column = 0; column < columns; column += 1) {
    const start = Math.floor((column * count) / columns)
    const end = Math.max(start + 1, Math.floor(((column + 1) * count) / columns))
    let [seen, least, average, greatest] = [0, Number.POSITIVE_INFINITY, 0, Number.NEGATIVE_INFINITY]
    for (let index = start; index < end; index += 1) {
      const value = values[index] ?? Number.NaN
      if (!Number.isFinite(value)) continue
      seen += 1
      // Not a sum, which may overflow.
      average = average * ((seen - 1) / seen) + value / seen
      least = Math.min(least, value, finiteOr(minima?.[index], value))
      greatest = Math.max(greatest, value, finiteOr(maxima?.[index], value))
    }
    if (seen === 0) continue
    low[column] = least
    mean[column] = Math.min(greatest, Math.max(least, average))
    high[column] = greatest
  }
  return { low, mean, high }
}
