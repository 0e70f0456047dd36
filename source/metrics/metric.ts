import type { Unit } from '../text/units.ts'

/** Levels that a metric may have, and the bands that are entered by them, the mildest first. */
export const levelNames = ['note', 'warning', 'critical'] as const
export type LevelName = (typeof levelNames)[number]

export type Band = 'ok' | LevelName

/** Bands from calm to worst; the position of a band in this list is its severity. */
export const bands: readonly Band[] = ['ok', ...levelNames]

export const severity = (band: Band): number => bands.indexOf(band)

/**
 * One level of a metric. With `worse: 'higher'` a value at or above `raise` for `hold` seconds enters the band, and one
 * below `clear` for `linger` seconds leaves it; with `worse: 'lower'` the comparisons turn round.
 */
export interface Level {
  readonly raise: number
  readonly clear: number
  /** Seconds that a value stands past `raise` before the band is entered. */
  readonly hold: number
  /** Seconds that a value stands past `clear` before the band is left. */
  readonly linger: number
  /** Where the figure comes from: a source, or that it is ours. */
  readonly origin: string
}

export type Levels = Partial<Readonly<Record<LevelName, Level>>>

/** The suspects of an incident, the noise that explains them, and what kntop itself costs. */
export type Signal = 'conntrack' | 'fdatasync' | 'dns' | 'rtt' | 'link' | 'proxy' | 'noise' | 'kntop'

/** How a metric stands in a table: lower priorities leave last when the terminal is narrow. */
export interface ColumnHint {
  readonly heading: string
  readonly width: number
  readonly priority: number
  /** A sparkline of the last 15 minutes beside it. */
  readonly sparkline?: { readonly heading: string; readonly width: number; readonly priority: number }
}

/** One figure: the only place where its name, unit, levels and words stand. */
export interface Metric {
  /** Dotted and stable: scripts hold on to it. The unit is never part of it. */
  readonly id: string
  readonly signal: Signal
  /** A few words, as a heading in lists and charts. */
  readonly title: string
  readonly unit: Unit
  readonly worse: 'higher' | 'lower' | 'neither'
  readonly levels: Levels
  /** A share raises a band only above so many observations of its denominator. */
  readonly denominator?: { readonly least: number; readonly of: string }
  /** For a percentile its rank, 0 to 100: it needs observations beyond it, and rolls up as the maximum. */
  readonly percentile?: number
  /** What a table shows, marked by `word`, while a percentile has too few observations. */
  readonly standIn?: { readonly metric: string; readonly word: string }
  /**
   * A metric beside which, on the same node, a figure of scope `node` is the least that it may be: what it counts there does not
   * all pass where it is counted.
   */
  readonly leastBeside?: string
  /** Told by the API server: its node need not have a live link. */
  readonly through?: 'api'
  /** Usual seconds between two samples. */
  readonly period: 1 | 5 | 10 | 60
  /** Fixed scale of its charts; without one the data decides. */
  readonly scale?: { readonly min: number; readonly max: number }
  readonly column?: ColumnHint
  /** As {@link column}, in tables of pods: for figures that pods have themselves. `seldom`: only while some pod has one. */
  readonly podColumn?: Pick<ColumnHint, 'heading' | 'width' | 'priority'> & { readonly seldom?: true }
  readonly meaning: string
  readonly action: string
}

/** Below any rate that there is. */
const leastRate = 0.001

/** Shorthand for a level that is entered at once on any occurrence, and stays a while so that a burst is seen. */
export const anyOccurrence = (origin: string): Level => ({
  raise: leastRate,
  clear: leastRate,
  hold: 0,
  linger: 15,
  origin,
})

/** Whether a level is entered by whatever is above 0. */
export const isAnyOccurrence = ({ raise }: Level): boolean => raise <= leastRate
