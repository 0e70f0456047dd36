import { catalogue } from '../metrics/catalogue.ts'

const metrics = catalogue.length

/**
 * What is known of a node's metrics now: one column of numbers after the other, each in the order of the catalogue. A plain
 * array, because a typed one of this size lives outside the heap, where it costs more than what stands in it.
 */
export type Figures = number[]

/** Where each column begins. NaN: not known. */
export const column = {
  value: 0,
  /** When the newest sample was taken, a gap included: monotonic ms. */
  at: metrics,
  observations: metrics * 2,
  /** Seconds that it covers. */
  window: metrics * 3,
  /** 1 while the value belongs to the origin as it is now, else 0. */
  current: metrics * 4,
  /** How often samples come: milliseconds, within a tenth. NaN before the second sample. */
  usual: metrics * 5,
  /** -1 the true value lies below, 1 above. */
  bound: metrics * 6,
  /** Position in `bands`. */
  band: metrics * 7,
  /** Since when it is in that band or a worse one: monotonic ms; NaN in the best. */
  since: metrics * 8,
  /** The worst value since it crossed into warning; NaN while it does not stand there. */
  peak: metrics * 9,
} as const

const length = metrics * Object.keys(column).length

/** Figures of a node of which nothing is known yet. */
export const emptyFigures = (): Figures => {
  const figures = Array.from({ length }, () => Number.NaN)
  for (const start of [column.current, column.bound, column.band]) figures.fill(0, start, start + metrics)
  return figures
}

/** Makes the one the same as the other. */
export const copyFigures = (from: Figures, to: Figures): void => {
  for (let index = 0; index < length; index++) to[index] = from[index] ?? Number.NaN
}

/** A figure of the metric at that position of the catalogue. */
export const figureAt = (figures: Figures, start: number, position: number): number =>
  figures[start + position] ?? Number.NaN

/** When the newest figure was taken, monotonic ms; NaN while there is none. Gaps are no figures. */
export const newestAt = (figures: Figures): number => {
  let newest = Number.NaN
  for (let position = 0; position < metrics; position++) {
    if (figureAt(figures, column.current, position) !== 1) continue
    if (Number.isNaN(figureAt(figures, column.value, position))) continue
    const at = figureAt(figures, column.at, position)
    if (!(at <= newest)) newest = at
  }
  return newest
}
