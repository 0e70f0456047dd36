import type { Counted, TallyKind } from '../events/event.ts'
import type { Missing, Scope } from '../events/origin.ts'
import type { MetricId } from '../metrics/catalogue.ts'
import type { FactId } from '../metrics/facts.ts'
import { type Clean, clean } from '../text/clean.ts'

/** What stands behind a value. */
export interface Behind {
  readonly observations?: number
  /** Seconds. */
  readonly window?: number
  readonly bound?: -1 | 0 | 1
}

/** How this node's figure differs from what the tier says of itself. */
export interface Detail {
  /** Words behind the tier's name, such as the device. */
  readonly words?: Clean
  readonly scope?: Scope
  /** The levels of the catalogue do not apply here: no band is raised. */
  readonly unjudged?: true
}

export interface TakenTally {
  readonly what: TallyKind
  readonly seconds: number
  readonly rows: readonly Counted[]
  readonly left: number
}

/** What one step of a probe took. Arrays run parallel to `metrics`; a metric stands at most once. */
export interface Taken {
  readonly metrics: MetricId[]
  readonly values: number[]
  readonly observations: number[]
  readonly windows: number[]
  readonly bounds: number[]
  /** Scope and detail of the tier, where they differ from the tier's own words. */
  readonly details: Map<MetricId, Detail>
  readonly missing: Map<MetricId, { readonly missing: Missing; readonly advice: Clean }>
  readonly facts: Map<FactId, Clean>
  readonly tallies: TakenTally[]
}

export const nothingTaken = (): Taken => ({
  metrics: [],
  values: [],
  observations: [],
  windows: [],
  bounds: [],
  details: new Map(),
  missing: new Map(),
  facts: new Map(),
  tallies: [],
})

/** Adds a value; NaN is a gap. */
export const take = (taken: Taken, metric: MetricId, value: number, behind: Behind = {}): void => {
  taken.metrics.push(metric)
  taken.values.push(value)
  taken.observations.push(behind.observations ?? Number.NaN)
  taken.windows.push(behind.window ?? Number.NaN)
  taken.bounds.push(behind.bound ?? 0)
}

/** Says that a metric is not to be had by this tier, and why. */
export const miss = (taken: Taken, metric: MetricId, missing: Missing, advice: string): void => {
  taken.missing.set(metric, { missing, advice: clean(advice) })
}

/** Says how a figure differs from what its tier says of itself; stands until said otherwise. */
export const detail = (taken: Taken, metric: MetricId, words: string, more: Omit<Detail, 'words'> = {}): void => {
  taken.details.set(metric, { words: clean(words), ...more })
}
