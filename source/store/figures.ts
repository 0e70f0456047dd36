import { catalogue } from '../metrics/catalogue.ts'

const metrics = catalogue.length

/**
 * The newest figures of a node: one array, so that a snapshot copies a node at once. It holds one column after the other,
 * each with a number per metric in the order of the catalogue. No typed array: those live outside the heap, and a
 * thousand copied every second made the collector stop everything every few seconds.
 */
export type Figures = number[]

/** Where each column starts. Times are monotonic milliseconds; NaN: never. */
export const column = {
  value: 0,
  /** When the newest sample was taken, a gap included. */
  at: metrics,
  /** 1 while the value belongs to the origin as it is now, else 0. */
  current: metrics * 2,
  /** The lesser of the last two intervals, ms: how often samples come, whatever gap there was just now. */
  usual: metrics * 3,
  observations: metrics * 4,
  window: metrics * 5,
  bound: metrics * 6,
  /** Position in `bands`. */
  band: metrics * 7,
  since: metrics * 8,
} as const

/** Figures of a node of which nothing is known yet. */
export const emptyFigures = (): Figures => {
  const figures = Array.from({ length: metrics * Object.keys(column).length }, () => Number.NaN)
  for (const start of [column.current, column.bound, column.band]) figures.fill(0, start, start + metrics)
  return figures
}

/** A figure; NaN where the position is not one of the catalogue. */
export const figure = (figures: Figures, start: number, position: number): number =>
  figures[start + position] ?? Number.NaN
