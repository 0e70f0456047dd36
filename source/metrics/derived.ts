/** What can be said about when a table will be full. */
export type TimeToFull =
  | { readonly kind: 'value'; readonly seconds: number }
  /** It grows now, but not evenly for long enough to say when it is full. */
  | { readonly kind: 'rising' }
  | { readonly kind: 'none' }

/**
 * Seconds of even growth that an estimate needs: longer than the 30 to 120 s after which most flows leave the table by
 * themselves (kernel defaults), since a new load grows evenly until its first flows expire, then not at all.
 */
export const growthSeconds = 180

/** Fill from which on a time to full raises a band; below, even a steep rise has room to flatten. Ours. */
export const judgedFill = 0.5

const horizon = 24 * 3600
// A load that levels off slows down; the last minute of a leak is as steep as its first. Ours, from the lab.
const steadiness = 0.8
// Growth within one third below twice its own scatter is noise. Ours.
const aboveNoise = 2
// A growth that began within the first third is not three minutes old: its first half minute is flat. Ours.
const fromTheStart = 0.5
const leastPoints = 3

interface Line {
  /** Per slot. */
  readonly slope: number
  /** The line's value at the last slot of the range. */
  readonly end: number
}

/** Least squares over slots [from, to); undefined where too few values stand there, or the growth is not above its noise. */
const growth = (entries: ArrayLike<number>, from: number, to: number): Line | undefined => {
  let points = 0
  let first = to
  let last = from
  let sumX = 0
  let sumY = 0
  for (let slot = Math.max(0, from); slot < to; slot++) {
    const value = entries[slot] ?? Number.NaN
    if (Number.isNaN(value)) continue
    points++
    first = Math.min(first, slot)
    last = slot
    sumX += slot
    sumY += value
  }
  if (points < leastPoints || last - first < (to - from) / 2) return undefined
  const meanX = sumX / points
  const meanY = sumY / points
  let xx = 0
  let xy = 0
  let yy = 0
  for (let slot = first; slot <= last; slot++) {
    const value = entries[slot] ?? Number.NaN
    if (Number.isNaN(value)) continue
    xx += (slot - meanX) ** 2
    xy += (slot - meanX) * (value - meanY)
    yy += (value - meanY) ** 2
  }
  const slope = xy / xx
  const scatter = Math.sqrt(Math.max(0, yy - slope * xy) / points)
  if (slope <= 0 || slope * (to - from) < aboveNoise * scatter) return undefined
  return { slope, end: meanY + slope * (to - 1 - meanX) }
}

/**
 * When a table is full if it goes on growing as it has in each of the last three minutes.
 *
 * `entries`: oldest first and up to now, `secondsPerSlot` apart, NaN for a gap. `maximum` in the same unit. An estimate
 * needs three minutes of growth whose last third is at least 80 % as steep as its first (least squares over each), and is
 * made at the pace of the slowest third, so that a jump on a table that grew slowly is not taken for the rule. Estimates
 * of a day and more are none.
 */
export const timeToFull = (entries: ArrayLike<number>, secondsPerSlot: number, maximum: number): TimeToFull => {
  const to = entries.length
  const third = Math.round(growthSeconds / 3 / secondsPerSlot)
  const last = growth(entries, to - third, to)
  if (last === undefined || !(maximum > 0)) return { kind: 'none' }
  const room = Math.max(0, maximum - last.end)
  const secondsAt = (slope: number): number => (room / slope) * secondsPerSlot
  if (secondsAt(last.slope) >= horizon) return { kind: 'none' }
  const first = growth(entries, to - 3 * third, to - 2 * third)
  const start = growth(entries, to - 3 * third, to - Math.round(2.5 * third))
  const middle = growth(entries, to - 2 * third, to - third)
  if (first === undefined || start === undefined || middle === undefined) return { kind: 'rising' }
  if (start.slope < fromTheStart * first.slope || last.slope < steadiness * first.slope) return { kind: 'rising' }
  const seconds = secondsAt(Math.min(first.slope, middle.slope, last.slope))
  return seconds < horizon ? { kind: 'value', seconds } : { kind: 'rising' }
}
