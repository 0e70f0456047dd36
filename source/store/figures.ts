import { catalogue } from '../metrics/catalogue.ts'

const metrics = catalogue.length

/**
 * What is known of a node's metrics now, as two tables: one column after the other, each with a number per metric in the
 * order of the catalogue. What changes with every sample is copied for every snapshot; what seldom does only when it
 * does, because copying a thousand nodes a second is the store's largest cost in memory. Plain arrays, because typed ones
 * of this size live outside the heap, where so much coming and going makes the collector stop everything every few seconds.
 */
export interface Figures {
  readonly changing: number[]
  lasting: number[]
  /** Whether a snapshot holds `lasting`. */
  held: boolean
  /**
   * The worst value since a metric crossed into warning; NaN while it does not stand there. By itself, because what grows sets
   * another one every second.
   */
  peaks: number[]
  /** Whether a snapshot holds `peaks`. */
  peaksHeld: boolean
}

/** Columns that change with every sample. NaN: not known. */
export const changing = {
  value: 0,
  /** When the newest sample was taken, a gap included: monotonic ms. */
  at: metrics,
  observations: metrics * 2,
  /** Seconds. */
  window: metrics * 3,
} as const

/** Columns that seldom change. */
export const lasting = {
  /** 1 while the value belongs to the origin as it is now, else 0. */
  current: 0,
  /** How often samples come: milliseconds, within a tenth. NaN before the second sample. */
  usual: metrics,
  /** -1 the true value lies below, 1 above. */
  bound: metrics * 2,
  /** Position in `bands`. */
  band: metrics * 3,
  /** Since when it is in that band or a worse one: monotonic ms; NaN in the best. */
  since: metrics * 4,
} as const

const table = (columns: number): number[] => Array.from({ length: metrics * columns }, () => Number.NaN)

/** Figures of a node of which nothing is known yet. */
export const emptyFigures = (): Figures => {
  const figures = {
    changing: table(Object.keys(changing).length),
    lasting: table(Object.keys(lasting).length),
    held: false,
    peaks: table(1),
    peaksHeld: false,
  }
  for (const start of [lasting.current, lasting.bound, lasting.band]) figures.lasting.fill(0, start, start + metrics)
  return figures
}

/** Figures that may be written while a snapshot holds the ones given. */
export const copyFigures = (figures: Figures): Figures => ({
  changing: figures.changing.slice(),
  lasting: figures.lasting,
  held: true,
  peaks: figures.peaks,
  peaksHeld: true,
})

/** A figure of the columns that change; NaN where the position is not one of the catalogue. */
export const changingAt = (figures: Figures, start: number, position: number): number =>
  figures.changing[start + position] ?? Number.NaN

/** A figure of the columns that last; NaN as above. */
export const lastingAt = (figures: Figures, start: number, position: number): number =>
  figures.lasting[start + position] ?? Number.NaN

/** Sets a figure of the columns that last. */
export const setLasting = (figures: Figures, start: number, position: number, value: number): void => {
  if (Object.is(figures.lasting[start + position], value)) return
  if (figures.held) {
    figures.lasting = figures.lasting.slice()
    figures.held = false
  }
  figures.lasting[start + position] = value
}

/** The peak of a metric; NaN while it does not stand in a crossing. */
export const peakAt = (figures: Figures, position: number): number => figures.peaks[position] ?? Number.NaN

export const setPeak = (figures: Figures, position: number, value: number): void => {
  if (Object.is(figures.peaks[position], value)) return
  if (figures.peaksHeld) {
    figures.peaks = figures.peaks.slice()
    figures.peaksHeld = false
  }
  figures.peaks[position] = value
}

/** When the newest figure was taken, monotonic ms; NaN while there is none. Gaps are no figures. */
export const newestAt = (figures: Figures): number => {
  let newest = Number.NaN
  for (let position = 0; position < metrics; position++) {
    if (lastingAt(figures, lasting.current, position) !== 1) continue
    if (Number.isNaN(changingAt(figures, changing.value, position))) continue
    const at = changingAt(figures, changing.at, position)
    if (!(at <= newest)) newest = at
  }
  return newest
}
