import type { Sample } from '../events/event.ts'
import { isAbsent } from '../events/origin.ts'
import { calm, judge } from '../metrics/bands.ts'
import { positionOf } from '../metrics/catalogue.ts'
import { severity } from '../metrics/metric.ts'
import {
  changing,
  changingAt,
  type Figures,
  lasting,
  lastingAt,
  peakAt,
  setChanging,
  setLasting,
  setPeak,
} from './figures.ts'
import { type NodeData, type NodeState, writable } from './node-state.ts'
import type { Rule } from './rules.ts'
import { slotOf, write } from './series.ts'
import type { SeriesPool } from './series-pool.ts'
import { staleAfter } from './staleness.ts'

/** What applying an event needs besides the node. */
export interface Applying {
  readonly pool: SeriesPool
  readonly rules: readonly Rule[]
  /** Data of another generation is held by a snapshot. */
  readonly generation: number
}

/** Takes a sample into current values, history and bands. A value older than the metric's newest is left out. */
export const applySample = (applying: Applying, state: NodeState, sample: Sample): void => {
  const data = writable(state, applying.generation)
  for (let index = 0; index < sample.metrics.length; index++) {
    const metric = sample.metrics[index]
    const position = metric === undefined ? -1 : positionOf(metric)
    const rule = applying.rules[position]
    if (rule === undefined || sample.at < changingAt(data.figures, changing.at, position)) continue
    const given = sample.values[index] ?? Number.NaN
    const value = Number.isFinite(given) ? given : Number.NaN
    keepPace(state, data.figures, position, sample.at)
    keepCurrent(data.figures, position, sample, index, value)
    keepHistory(applying, state, position, rule, sample.at, value)
    if (rule.judged) keepBand(state, data, position, rule, sample.at, value)
  }
}

const keepPace = (state: NodeState, figures: Figures, position: number, at: number): void => {
  const interval = at - changingAt(figures, changing.at, position)
  if (!(interval > 0)) return
  const last = state.intervals[position] ?? Number.NaN
  state.intervals[position] = interval
  // The lesser of two, so that one gap does not count as a pace.
  const pace = last < interval ? last : interval
  const usual = lastingAt(figures, lasting.usual, position)
  if (!(Math.abs(pace - usual) <= usual / 10)) setLasting(figures, lasting.usual, position, pace)
}

const keepCurrent = (figures: Figures, position: number, sample: Sample, index: number, value: number): void => {
  const observations = sample.observations?.[index] ?? Number.NaN
  const window = sample.windows?.[index] ?? Number.NaN
  setChanging(figures, position, value, sample.at, observations, window)
  setLasting(figures, lasting.current, position, 1)
  setLasting(figures, lasting.bound, position, sample.bounds?.[index] ?? 0)
}

const keepHistory = (
  applying: Applying,
  state: NodeState,
  position: number,
  rule: Rule,
  at: number,
  value: number,
): void => {
  const series = state.history[position]
  if (series !== undefined) write(series, slotOf(series, at), value)
  else if (!Number.isNaN(value)) state.history[position] = applying.pool.create(rule.shape, at, value)
}

const keepBand = (state: NodeState, data: NodeData, position: number, rule: Rule, at: number, value: number): void => {
  const origin = data.origins[position]
  if (origin !== undefined && (isAbsent(origin) || origin.unjudged === true)) return
  const { figures } = data
  const before = state.bands[position] ?? calm
  // Only a share has a least; of too few, and of an unknown number, it raises nothing.
  const mayRaise = rule.least === 0 || changingAt(figures, changing.observations, position) >= rule.least
  const seconds = at / 1000
  const lapsed = !(seconds - (state.judged[position] ?? Number.NaN) <= staleAfter(data, position, rule.shape.period))
  const covers = changingAt(figures, changing.window, position)
  const after = judge(before, value, seconds, rule.judgedBy, rule.worse, mayRaise, lapsed, covers)
  state.bands[position] = after
  if (!Number.isNaN(value)) state.judged[position] = seconds
  // Hysteresis remembers through a gap, but what is missing stands in no band.
  const standing = Number.isNaN(value) ? calm : after
  setLasting(figures, lasting.band, position, severity(standing.band))
  setLasting(figures, lasting.since, position, (standing.since ?? Number.NaN) * 1000)
  keepPeak(figures, position, rule, severity(after.band) >= crossingFrom, value)
}

const crossingFrom = severity('warning')

/** A gap within a crossing leaves its peak as it is. */
const keepPeak = (figures: Figures, position: number, rule: Rule, crosses: boolean, value: number): void => {
  const before = peakAt(figures, position)
  if (!crosses) setPeak(figures, position, Number.NaN)
  else if (Number.isNaN(before) || (rule.worse === 'lower' ? value < before : value > before))
    setPeak(figures, position, value)
}
