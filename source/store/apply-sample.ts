import type { Sample } from '../events/event.ts'
import { isAbsent } from '../events/origin.ts'
import { calm, judge } from '../metrics/bands.ts'
import { positionOf } from '../metrics/catalogue.ts'
import { severity } from '../metrics/metric.ts'
import { column, type Figures, figureAt } from './figures.ts'
import { type Era, type NodeData, type NodeState, writable } from './node-state.ts'
import type { Rule } from './rules.ts'
import { slotOf, write } from './series.ts'
import type { SeriesPool } from './series-pool.ts'
import { staleAfter } from './staleness.ts'

/** What applying an event needs besides the node. */
export interface Applying {
  readonly pool: SeriesPool
  readonly rules: readonly Rule[]
  readonly era: Era
}

/** Takes a sample into current values, history and bands. A value older than the metric's newest is left out. */
export const applySample = (applying: Applying, state: NodeState, sample: Sample): void => {
  const data = writable(state, applying.era)
  for (let index = 0; index < sample.metrics.length; index++) {
    const metric = sample.metrics[index]
    const position = metric === undefined ? -1 : positionOf(metric)
    const rule = applying.rules[position]
    if (rule === undefined || sample.at < figureAt(data.figures, column.at, position)) continue
    const given = sample.values[index] ?? Number.NaN
    const value = Number.isFinite(given) ? given : Number.NaN
    keepPace(state, data.figures, position, sample.at)
    keepCurrent(data.figures, position, sample, index, value)
    keepHistory(applying, state, position, rule, sample.at, value)
    if (rule.judged) keepBand(state, data, position, rule, sample.at, value)
  }
}

const keepPace = (state: NodeState, figures: Figures, position: number, at: number): void => {
  const interval = at - figureAt(figures, column.at, position)
  if (!(interval > 0)) return
  const last = state.intervals[position] ?? Number.NaN
  state.intervals[position] = interval
  // The lesser of two, so that one gap does not count as a pace.
  const pace = last < interval ? last : interval
  const usual = figureAt(figures, column.usual, position)
  if (!(Math.abs(pace - usual) <= usual / 10)) figures[column.usual + position] = pace
}

const keepCurrent = (figures: Figures, position: number, sample: Sample, index: number, value: number): void => {
  figures[column.value + position] = value
  figures[column.at + position] = sample.at
  figures[column.observations + position] = sample.observations?.[index] ?? Number.NaN
  figures[column.window + position] = sample.windows?.[index] ?? Number.NaN
  figures[column.current + position] = 1
  figures[column.bound + position] = sample.bounds?.[index] ?? 0
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
  const mayRaise = rule.least === 0 || figureAt(figures, column.observations, position) >= rule.least
  const seconds = at / 1000
  const isCalm = before === calm
  const lapsed =
    !isCalm && !(seconds - (state.judged[position] ?? Number.NaN) <= staleAfter(data, position, rule.shape.period))
  const covers = figureAt(figures, column.window, position)
  const after = judge(before, value, seconds, rule.judgedBy, rule.worse, mayRaise, lapsed, covers)
  state.bands[position] = after
  if (!Number.isNaN(value)) state.judged[position] = seconds
  if (isCalm && after === calm) return
  // Hysteresis remembers through a gap, but what is missing stands in no band.
  const standing = Number.isNaN(value) ? calm : after
  figures[column.band + position] = severity(standing.band)
  figures[column.since + position] = (standing.since ?? Number.NaN) * 1000
  keepPeak(figures, position, rule, severity(after.band) >= crossingFrom, value)
}

const crossingFrom = severity('warning')

/** A gap within a crossing leaves its peak as it is. */
const keepPeak = (figures: Figures, position: number, rule: Rule, crosses: boolean, value: number): void => {
  const before = figureAt(figures, column.peak, position)
  if (!crosses) figures[column.peak + position] = Number.NaN
  else if (Number.isNaN(before) || (rule.worse === 'lower' ? value < before : value > before))
    figures[column.peak + position] = value
}
