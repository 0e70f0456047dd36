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

/** Why metrics are not to be had. */
export type Absences = ReadonlyMap<MetricId, Absence>

/**
 * What one step of a probe took. Arrays run parallel to `metrics`; a metric stands at most once. One that is used again keeps
 * its arrays, so that nothing is made for a figure: what stands in them beyond `count` is of an earlier step.
 */
export interface Taken {
  count: number
  readonly metrics: MetricId[]
  readonly values: number[]
  /** NaN: unknown, as in `windows`. */
  readonly observations: number[]
  /** Seconds. */
  readonly windows: number[]
  readonly bounds: number[]
  /**
   * Scope and detail of the tier, where they differ from the tier's own words. The same map again says nothing new, so one
   * that was given once may not be written any more.
   */
  details: ReadonlyMap<MetricId, Detail>
  /** What is not to be had, and why. The same map again says nothing new: it may not be written either. */
  missing: Absences
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
  count: 0,
  metrics: [],
  values: [],
  observations: [],
  windows: [],
  bounds: [],
  details: noDetails,
  missing: noneMissing,
  facts: noFacts,
  tallies: noTallies,
  sockets: undefined,
  pods: undefined,
  namespaces: undefined,
})

/** Makes it say nothing again. */
export const empty = (taken: Taken): void => {
  taken.count = 0
  taken.details = noDetails
  taken.missing = noneMissing
  taken.facts = noFacts
  taken.tallies = noTallies
  taken.sockets = undefined
  taken.pods = undefined
  taken.namespaces = undefined
}

/** Adds a value and what stands behind it; NaN is a gap. `window` in seconds. */
export const takeOver = (
  taken: Taken,
  metric: MetricId,
  value: number,
  window: number,
  observations = Number.NaN,
  bound: -1 | 0 | 1 = 0,
): void => {
  const at = taken.count
  taken.metrics[at] = metric
  taken.values[at] = value
  taken.observations[at] = observations
  taken.windows[at] = window
  taken.bounds[at] = bound
  taken.count = at + 1
}

const momentary: Behind = {}

/** As {@link takeOver}, of a tier that does not do so every second. */
export const take = (taken: Taken, metric: MetricId, value: number, behind: Behind = momentary): void =>
  takeOver(taken, metric, value, behind.window ?? Number.NaN, behind.observations, behind.bound)

/** That these metrics are not to be had by a tier, and why: made once, to be said again and again. */
export const absences = (metrics: readonly MetricId[], missing: Missing, advice: string): Absences => {
  const absence = { missing, advice: clean(advice) }
  return new Map(metrics.map((metric) => [metric, absence]))
}

const united = new WeakMap<Absences, WeakMap<Absences, Absences>>()

/** What both say; the same for the same two. */
const union = (one: Absences, other: Absences): Absences => {
  const known = united.get(one) ?? new WeakMap<Absences, Absences>()
  const all = known.get(other) ?? new Map([...one, ...other])
  united.set(one, known.set(other, all))
  return all
}

/** Says what {@link absences} holds: nothing is made for it. */
export const lack = (taken: Taken, lacking: Absences): void => {
  taken.missing = taken.missing === noneMissing ? lacking : union(taken.missing, lacking)
}

/** Says that a metric is not to be had by this tier, and why. */
export const miss = (taken: Taken, metric: MetricId, missing: Missing, advice: string): void => {
  taken.missing = new Map(taken.missing).set(metric, { missing, advice: clean(advice) })
}

/** As {@link miss}, of several metrics for one reason. */
export const missAll = (taken: Taken, metrics: readonly MetricId[], missing: Missing, advice: string): void => {
  taken.missing = new Map([...taken.missing, ...absences(metrics, missing, advice)])
}

/** The map with one more entry; the first one makes a map of the step's own. */
const added = <Key, Value>(
  map: ReadonlyMap<Key, Value>,
  none: ReadonlyMap<Key, Value>,
  key: Key,
  value: Value,
): ReadonlyMap<Key, Value> => (map === none ? new Map<Key, Value>() : (map as Map<Key, Value>)).set(key, value)

/** Says how a figure differs from what its tier says of itself; stands until said otherwise. */
export const detail = (taken: Taken, metric: MetricId, words: string, more: Omit<Detail, 'words'> = {}): void => {
  taken.details = added(taken.details, noDetails, metric, { words: clean(words), ...more })
}

const described = new WeakMap<readonly MetricId[], WeakMap<Detail, Taken['details']>>()

const describedAnew = (metrics: readonly MetricId[], said: Detail): Taken['details'] => {
  const details: Taken['details'] = new Map(metrics.map((metric) => [metric, said]))
  const known = described.get(metrics) ?? new WeakMap<Detail, Taken['details']>()
  described.set(metrics, known.set(said, details))
  return details
}

/** As {@link detail}, of several metrics: the same two objects say nothing new. */
export const describe = (taken: Taken, metrics: readonly MetricId[], said: Detail): void => {
  taken.details = described.get(metrics)?.get(said) ?? describedAnew(metrics, said)
}

/** Says something of the node that is no figure. */
export const fact = (taken: Taken, id: FactId, value: Clean): void => {
  taken.facts = added(taken.facts, noFacts, id, value)
}
