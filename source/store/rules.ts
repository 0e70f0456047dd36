import type { GivenLevels } from '../metrics/bands.ts'
import { type CatalogueMetric, catalogue, type MetricId, positionOf } from '../metrics/catalogue.ts'
import type { Band, Levels, Metric } from '../metrics/metric.ts'
import type { Shape } from './series.ts'

/** Levels that stand in place of the catalogue's, per metric. */
export type Thresholds = Readonly<Partial<Record<MetricId, Levels>>>

/** What the store needs to know of a metric, looked up once. */
export interface Rule {
  readonly metric: CatalogueMetric
  readonly levels: Levels
  /** The same with every name there, so that judging meets one shape of object only: it is done for every value. */
  readonly judgedBy: GivenLevels
  readonly worse: Metric['worse']
  /** Whether any value of it can raise a band. */
  readonly judged: boolean
  /** The least denominator of a share that may raise a band; 0 where the metric is no share. */
  readonly least: number
  /** The metric beside which a figure of scope `node` is the least that it may be; -1: none. */
  readonly leastBeside: number
  readonly shape: Shape
}

// The time to full is made from this one's history, so it must reach back as far as that needs.
const feedsDerived: ReadonlySet<string> = new Set<MetricId>(['conntrack.entries'])

/** One rule per metric, in the order of the catalogue. */
export const makeRules = (thresholds: Thresholds): readonly Rule[] =>
  catalogue.map((metric) => {
    const levels = thresholds[metric.id] ?? metric.levels
    return {
      metric,
      levels,
      judgedBy: { note: levels.note, warning: levels.warning, critical: levels.critical },
      worse: metric.worse,
      judged: metric.worse !== 'neither' && Object.keys(levels).length > 0,
      least: metric.denominator?.least ?? 0,
      leastBeside: catalogue.findIndex(({ id }) => id === metric.leastBeside),
      shape: {
        period: metric.period,
        peak: metric.percentile !== undefined,
        shown: metric.column !== undefined || feedsDerived.has(metric.id),
      },
    }
  })

/** The rule of a metric. */
export const ruleAt = (rules: readonly Rule[], metric: MetricId): Rule => {
  const rule = rules[positionOf(metric)]
  if (rule === undefined) throw new Error(`no metric ${metric} in the catalogue`)
  return rule
}

/** Whether a value is past the line at which the band ends, in which it still stands. */
export const isEnding = ({ levels, worse }: Rule, band: Band, value: number): boolean => {
  const level = band === 'ok' ? undefined : levels[band]
  return level !== undefined && (worse === 'lower' ? value > level.clear : value < level.clear)
}
