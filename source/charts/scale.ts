/** What the lower and the upper end of an axis stand for, in the unit of the figures. */
export interface Scale {
  readonly min: number
  readonly max: number
}

// Beyond these ends of the floating range differences overflow or vanish.
const most = 1e300
const least = 1e-290

const within = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value))

/** Where a finite value stands between the ends of a scale, 0 to 1; outside it, the nearer end. */
export const shareOf = (value: number, { min, max }: Scale): number => {
  const [low, high] = [within(min, -most, most), within(max, -most, most)]
  if (!(high > low)) return value > high ? 1 : 0
  return within((within(value, low, high) - low) / (high - low), 0, 1)
}

/** The line of `height` on which a value stands, 0 at the bottom. */
export const levelOf = (value: number, scale: Scale, height: number): number =>
  Math.round(shareOf(value, scale) * Math.max(0, height - 1))

/** The steps 1, 2, 2.5, 4 and 5 times a power of ten from `size` on, ascending. */
const niceSteps = (size: number): readonly number[] => {
  const power = Math.floor(Math.log10(size))
  return [power, power + 1]
    .flatMap((power) => [1, 2, 2.5, 4, 5].map((step) => Number(`${step}e${power}`)))
    .filter((step) => step >= size * (1 - 1e-9))
}

/** A multiple of a step without the crumbs of binary fractions. */
const multiple = (count: number, step: number): number => Number((count * step).toPrecision(12))

/** The least and greatest of the finite values, if there are any. */
export const rangeOf = (values: ArrayLike<number>): Scale | undefined => {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? Number.NaN
    if (!Number.isFinite(value)) continue
    min = Math.min(min, value)
    max = Math.max(max, value)
  }
  return min <= max ? { min, max } : undefined
}

/**
 * A scale with round ends that holds every finite value: from `floor` (default 0), or lower where a value is, to a round
 * number at or above the greatest value and `least`, so that noise near the floor is not blown up to the full height. The
 * same for one series and for a whole column that shares a scale.
 */
export const scaleFor = (
  values: ArrayLike<number>,
  options: { readonly floor?: number; readonly least?: number } = {},
): Scale => {
  const floor = within(options.floor ?? 0, -most, most)
  const range = rangeOf(values)
  const low = within(Math.min(floor, range?.min ?? floor), -most, most)
  const high = within(Math.max(options.least ?? floor, range?.max ?? floor), low, most)
  const span = high - low
  if (span < least || span < Math.abs(low) * 1e-9) return { min: low, max: low + Math.max(1, Math.abs(low)) }
  const [step = span] = niceSteps(span / 5)
  const min = low === floor ? floor : multiple(Math.floor(low / step), step)
  return { min, max: min + multiple(Math.ceil((high - min) / step - 1e-9), step) }
}

/** At most `count` (at least 2) round numbers within a scale, its ends among them where they are round themselves. */
export const roundNumbers = (scale: Scale, count: number): readonly number[] => {
  const span = scale.max - scale.min
  const steps = niceSteps(span / Math.max(1, count - 1))
  const step = steps.find((step) => Math.abs(span / step - Math.round(span / step)) < 1e-9) ?? steps[0]
  return step ? multiplesWithin(scale, step) : []
}

/** The multiples of `step` within a scale, ascending; none where there would be over a hundred. */
export const multiplesWithin = ({ min, max }: Scale, step: number): readonly number[] => {
  const [first, last] = [Math.ceil(min / step - 1e-9), Math.floor(max / step + 1e-9)]
  if (!(step > 0) || !(last - first <= 100)) return []
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => multiple(first + index, step))
}
