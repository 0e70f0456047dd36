/**
 * Growth per second between two readings of a counter; NaN is a gap: a first reading (`previous` NaN), no time between
 * the readings, or a counter that went back.
 */
export const rate = (previous: number, current: number, seconds: number): number =>
  seconds > 0 && current >= previous ? (current - previous) / seconds : Number.NaN

const range = 2 ** 32

/**
 * The most that a 32-bit counter is taken to grow between two readings. Periods here are 1 and 5 s, so this is at least
 * 53 million events a second, which no node counts; anything beyond is a counter that was reset.
 */
const plausibleGrowth = 2 ** 28

/**
 * Growth of a 32-bit counter, or of a sum of such counters, modulo 2^32: a wrap is growth like any other, also when only
 * one counter of a sum wrapped. NaN is a gap: a first reading, or a reset, which is a growth of more than 2^28. A reset
 * from within 2^28 of the end of the range passes as a wrap: the two cannot be told apart.
 */
export const wrappingDelta = (previous: number, current: number): number => {
  const growth = (((current - previous) % range) + range) % range
  return growth <= plausibleGrowth ? growth : Number.NaN
}

/** As {@link rate}, for a 32-bit counter or a sum of such counters. */
export const wrappingRate = (previous: number, current: number, seconds: number): number =>
  seconds > 0 ? wrappingDelta(previous, current) / seconds : Number.NaN

/** A part as a percentage of a whole; NaN where there is no whole, or a part below zero. */
export const share = (part: number, whole: number): number =>
  whole > 0 && part >= 0 ? (100 * part) / whole : Number.NaN
