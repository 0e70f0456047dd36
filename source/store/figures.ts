import { catalogue } from '../metrics/catalogue.ts'

const metrics = catalogue.length

/**
 * What is known of a node's metrics now, as tables of numbers. Each is copied when it is first written after a snapshot, and
 * those are told apart that are written often from those that seldom are, because copying a thousand nodes a second is the
 * store's largest cost in memory. Plain arrays, because typed ones of this size live outside the heap, where so much coming
 * and going makes the collector stop everything every few seconds.
 */
export interface Figures {
  /** What changes with every sample, of the metrics that come every second: their rows of {@link changing}. */
  quick: number[]
  /** Whether a snapshot holds `quick`. */
  quickHeld: boolean
  /** The same of the other metrics. */
  slow: number[]
  slowHeld: boolean
  /** What seldom changes: one column of {@link lasting} after the other, each in the order of the catalogue. */
  lasting: number[]
  lastingHeld: boolean
  /**
   * The worst value since a metric crossed into warning; NaN while it does not stand there. By itself, because what grows sets
   * another one every second.
   */
  peaks: number[]
  /** Whether a snapshot holds `peaks`. */
  peaksHeld: boolean
}

/** What changes with every sample, by its place in the row of a metric. NaN: not known. */
export const changing = {
  value: 0,
  /** When the newest sample was taken, a gap included: monotonic ms. */
  at: 1,
  observations: 2,
  /** Seconds. */
  window: 3,
} as const

const width = Object.keys(changing).length
const isQuick = catalogue.map(({ period }) => period <= 1)
/** Where the row of each metric begins, among those that come as often. */
const rows = isQuick.map(
  (quick, position) => isQuick.slice(0, position).filter((other) => other === quick).length * width,
)
const quickMetrics = isQuick.filter((quick) => quick).length

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

const table = (length: number): number[] => Array.from({ length }, () => Number.NaN)

/** Figures of a node of which nothing is known yet. */
export const emptyFigures = (): Figures => {
  const figures = {
    quick: table(quickMetrics * width),
    quickHeld: false,
    slow: table((metrics - quickMetrics) * width),
    slowHeld: false,
    lasting: table(metrics * Object.keys(lasting).length),
    lastingHeld: false,
    peaks: table(metrics),
    peaksHeld: false,
  }
  for (const start of [lasting.current, lasting.bound, lasting.band]) figures.lasting.fill(0, start, start + metrics)
  return figures
}

/** Figures that may be written while a snapshot holds the ones given. */
export const copyFigures = ({ quick, slow, lasting, peaks }: Figures): Figures => ({
  quick,
  quickHeld: true,
  slow,
  slowHeld: true,
  lasting,
  lastingHeld: true,
  peaks,
  peaksHeld: true,
})

/** One of {@link changing}; NaN where the position is not one of the catalogue. */
export const changingAt = (figures: Figures, place: number, position: number): number =>
  (isQuick[position] === true ? figures.quick : figures.slow)[(rows[position] ?? Number.NaN) + place] ?? Number.NaN

const writtenQuick = (figures: Figures): number[] => {
  if (figures.quickHeld) figures.quick = figures.quick.slice()
  figures.quickHeld = false
  return figures.quick
}

const writtenSlow = (figures: Figures): number[] => {
  if (figures.slowHeld) figures.slow = figures.slow.slice()
  figures.slowHeld = false
  return figures.slow
}

/** Sets all that changes with a sample. */
export const setChanging = (
  figures: Figures,
  position: number,
  value: number,
  at: number,
  observations: number,
  window: number,
): void => {
  const numbers = isQuick[position] === true ? writtenQuick(figures) : writtenSlow(figures)
  const row = rows[position] ?? Number.NaN
  numbers[row + changing.value] = value
  numbers[row + changing.at] = at
  numbers[row + changing.observations] = observations
  numbers[row + changing.window] = window
}

/** A figure of the columns that last; NaN as above. */
export const lastingAt = (figures: Figures, start: number, position: number): number =>
  figures.lasting[start + position] ?? Number.NaN

/** Sets a figure of the columns that last. */
export const setLasting = (figures: Figures, start: number, position: number, value: number): void => {
  if (Object.is(figures.lasting[start + position], value)) return
  if (figures.lastingHeld) {
    figures.lasting = figures.lasting.slice()
    figures.lastingHeld = false
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
