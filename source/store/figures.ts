import { catalogue } from '../metrics/catalogue.ts'

const metrics = catalogue.length

/**
 * The newest figures of a node: one array, so that a snapshot copies a node at once. It holds one column after the other,
 * each with a number per metric in the order of the catalogue.
 */
export type Figures = Float64Array

/** Where each column starts. Times are monotonic milliseconds; NaN: never. */
export const column = {
  value: 0,
  /** When the newest sample was taken, a gap included. */
  at: metrics,
  /** 1 while the value belongs to the origin as it is now, else 0. */
  current: metrics * 2,
  /** Milliseconds between the last two samples. */
  interval: metrics * 3,
  /** The lesser of the last two intervals: how often samples come, whatever gap there was just now. */
  usual: metrics * 4,
  observations: metrics * 5,
  window: metrics * 6,
  bound: metrics * 7,
  /** Position in `bands`. */
  band: metrics * 8,
  since: metrics * 9,
} as const

/** Figures of a node of which nothing is known yet. */
export const emptyFigures = (): Figures => {
  const figures = new Float64Array(metrics * 10).fill(Number.NaN)
  figures.fill(0, column.current, column.interval)
  figures.fill(0, column.bound, column.since)
  return figures
}

/** A figure; NaN where the position is not one of the catalogue. */
export const figure = (figures: Figures, start: number, position: number): number =>
  figures[start + position] ?? Number.NaN
