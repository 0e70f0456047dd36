/**
 * A figure without digits that nobody measured: six significant ones, and never fewer than its whole part has, so that a
 * count stays exact. Undefined for what JSON cannot say (NaN and the infinities).
 */
export const rounded = (value: number): number | undefined => {
  if (!Number.isFinite(value)) return undefined
  if (Number.isInteger(value)) return value === 0 ? 0 : value
  const decimals = 5 - Math.floor(Math.log10(Math.abs(value)))
  return Number(value.toFixed(Math.min(100, Math.max(0, decimals))))
}

/** Seconds to a tenth. */
export const seconds = (value: number): number | undefined => rounded(Math.round(value * 10) / 10)

/** Wall time (ms since 1970) as ISO 8601 with milliseconds, in UTC; undefined where there is none. */
export const isoTime = (wall: number): string | undefined =>
  Math.abs(wall) <= 8.64e15 ? new Date(wall).toISOString() : undefined
