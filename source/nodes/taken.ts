import type { Counted, PodFigure, TallyKind } from '../events/event.ts'
import type { Absence, Missing, Scope } from '../events/origin.ts'
import type { Sockets } from '../events/sockets.ts'
import type { MetricId } from '../metrics/catalogue.ts'
import type { FactId } from '../metrics/facts.ts'
import { type Clean, clean } from '../text/clean.ts'
import type { OtherNamespaces } from './other-namespaces.ts'

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
  /** With scope `node`: how many network namespaces were read, of how many, the host's own among them. */
  readonly namespaces?: { readonly read: number; readonly of: number }
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
  readonly behind: Behind[]
  /**
   * Scope and detail of the tier, where they differ from the tier's own words. The same map again says nothing new, so one
   * that was given once may not be written any more.
   */
  details: ReadonlyMap<MetricId, Detail>
  missing: ReadonlyMap<MetricId, Absence>
  facts: ReadonlyMap<FactId, Clean>
  tallies: readonly TakenTally[]
  sockets: Omit<Sockets, 'node' | 'at'> | undefined
  /** Figures of the node's pods, all there are; undefined: nothing was looked for. */
  pods: readonly PodFigure[] | undefined
  /** What the sampler is to read from now on; undefined: as before. */
  namespaces: OtherNamespaces | undefined
}

// Most steps have nothing of these to say: maps that nobody fills were a fifth of what the collector had to clear away.
const noDetails: Taken['details'] = new Map()
const noneMissing: Taken['missing'] = new Map()
const noFacts: Taken['facts'] = new Map()
const noTallies: Taken['tallies'] = []

export const nothingTaken = (): Taken => ({
  metrics: [],
  values: [],
  behind: [],
  details: noDetails,
  missing: noneMissing,
  facts: noFacts,
  tallies: noTallies,
  sockets: undefined,
  pods: undefined,
  namespaces: undefined,
})

/** The map with one more entry; the first one makes a map of the step's own. */
const added = <Key, Value>(
  map: ReadonlyMap<Key, Value>,
  none: ReadonlyMap<Key, Value>,
  key: Key,
  value: Value,
): ReadonlyMap<Key, Value> => (map === none ? new Map<Key, Value>() : (map as Map<Key, Value>)).set(key, value)

const momentary: Behind = {}

/** Adds a value; NaN is a gap. */
export const take = (taken: Taken, metric: MetricId, value: number, behind: Behind = momentary): void => {
  taken.metrics.push(metric)
  taken.values.push(value)
  taken.behind.push(behind)
}

/** Says that a metric is not to be had by this tier, and why. */
export const miss = (taken: Taken, metric: MetricId, missing: Missing, advice: string): void => {
  taken.missing = added(taken.missing, noneMissing, metric, { missing, advice: clean(advice) })
}

/** As {@link miss}, of several metrics for one reason. */
export const missAll = (taken: Taken, metrics: readonly MetricId[], missing: Missing, advice: string): void => {
  for (const metric of metrics) miss(taken, metric, missing, advice)
}

/** Says how a figure differs from what its tier says of itself; stands until said otherwise. */
export const detail = (taken: Taken, metric: MetricId, words: string, more: Omit<Detail, 'words'> = {}): void => {
  taken.details = added(taken.details, noDetails, metric, { words: clean(words), ...more })
}

const described = new WeakMap<readonly MetricId[], WeakMap<Detail, ReadonlyMap<MetricId, Detail>>>()

/** As {@link detail}, of several metrics: the same two objects say nothing new. */
export const describe = (taken: Taken, metrics: readonly MetricId[], said: Detail): void => {
  const known = described.get(metrics) ?? new WeakMap<Detail, ReadonlyMap<MetricId, Detail>>()
  const map = known.get(said) ?? new Map(metrics.map((metric) => [metric, said]))
  known.set(said, map)
  described.set(metrics, known)
  taken.details = map
}

/** Says something of the node that is no figure. */
export const fact = (taken: Taken, id: FactId, value: Clean): void => {
  taken.facts = added(taken.facts, noFacts, id, value)
}
