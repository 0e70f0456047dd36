import type { PodFigure, PodFigures } from '../events/event.ts'
import type { PodRecord } from '../events/records.ts'
import { type BandState, calm, judge } from '../metrics/bands.ts'
import { type MetricId, metricOf } from '../metrics/catalogue.ts'
import type { Band } from '../metrics/metric.ts'
import { type Rule, ruleAt } from './rules.ts'

/** A figure of a pod as its node told it last, in the band that it stands in. */
export interface HeldPodFigure extends PodFigure {
  readonly band: Band
}

/** Figures of a node's pods, as told at one time; never written. */
export interface PodTable {
  /** Monotonic ms. */
  readonly at: number
  /** Milliseconds between this time and the one before; NaN at the first. */
  readonly interval: number
  /** The lesser of the last two intervals: one that was long because nobody was heard says nothing of how often they come. */
  readonly pace: number
  /** By pod, as its control group has it, and where that is not known by container. */
  readonly byPod: ReadonlyMap<string, readonly HeldPodFigure[]>
  readonly byContainer: ReadonlyMap<string, HeldPodFigure>
  /** Of what it told. */
  readonly metrics: ReadonlySet<MetricId>
  /** What hysteresis remembers, by pod and metric. */
  readonly bands: ReadonlyMap<string, BandState>
}

const keyOf = ({ uid, container, metric }: PodFigure): string => `${metric} ${uid === '-' ? container : uid}`

/** As of nodes: after so many of its periods a figure is stale. */
const periods = 2.5

/** Seconds after which a figure is stale: of how often they are to come, or really come, where that is less often. */
export const podStaleAfter = ({ pace }: Pick<PodTable, 'pace'>, metric: MetricId): number =>
  periods * Math.max(metricOf(metric).period, pace > 0 ? pace / 1000 : 0)

/**
 * A band from one reading to the next. A pod that was not told of in between begins anew, and so does each where nothing was told
 * for too long.
 */
const judged = (before: PodTable | undefined, figure: PodFigure, at: number, rule: Rule): BandState => {
  if (!rule.judged) return calm
  const mayRaise = rule.least === 0 || figure.observations >= rule.least
  const last = before?.bands.get(keyOf(figure)) ?? calm
  const lapsed = before !== undefined && at - before.at > podStaleAfter(before, figure.metric) * 1000
  return judge(last, figure.value, at / 1000, rule.judgedBy, rule.worse, mayRaise, lapsed, figure.window)
}

/** What is known of a node's pods once it has told of them. */
export const podTableAfter = (
  before: PodTable | undefined,
  { at, rows }: PodFigures,
  rules: readonly Rule[],
): PodTable => {
  const interval = at - (before?.at ?? Number.NaN)
  const last = before?.interval ?? Number.NaN
  const byPod = new Map<string, HeldPodFigure[]>()
  const byContainer = new Map<string, HeldPodFigure>()
  const bands = new Map<string, BandState>()
  for (const row of rows) {
    const state = judged(before, row, at, ruleAt(rules, row.metric))
    bands.set(keyOf(row), state)
    const held = { ...row, band: state.band }
    if (row.container !== '') byContainer.set(row.container, held)
    if (row.uid === '-') continue
    const others = byPod.get(row.uid)
    if (others === undefined) byPod.set(row.uid, [held])
    else others.push(held)
  }
  return {
    at,
    interval,
    pace: last < interval ? last : interval,
    byPod,
    byContainer,
    bands,
    metrics: new Set(rows.map(({ metric }) => metric)),
  }
}

/**
 * A pod's figure; undefined: its node tells of none. A static pod's control group bears another uid than the API server's, but
 * its containers' ids.
 */
export const podFigureIn = (
  { byPod, byContainer }: PodTable,
  { uid, containers }: Pick<PodRecord, 'uid' | 'containers'>,
  metric: MetricId,
): HeldPodFigure | undefined => {
  const own = uid === '' ? undefined : byPod.get(uid)?.find((one) => one.metric === metric)
  if (own !== undefined) return own
  for (const { id } of containers) {
    const found = id === '' ? undefined : byContainer.get(id)
    if (found?.metric === metric) return found
  }
  return undefined
}
