import type { Sample } from '../events/event.ts'
import { type Absence, isAbsent, type Origin } from '../events/origin.ts'
import { type MetricId, positionOf } from '../metrics/catalogue.ts'
import { growthSeconds, judgedFill, type TimeToFull, timeToFull } from '../metrics/derived.ts'
import { clean } from '../text/clean.ts'
import { type Applying, applySample } from './apply-sample.ts'
import { column, figureAt } from './figures.ts'
import type { NodeState } from './node-state.ts'
import { setOrigin } from './origins.ts'
import { type Series, slotValue } from './series.ts'

const id: MetricId = 'conntrack.time_to_full'
const position = positionOf(id)
const entriesPosition = positionOf('conntrack.entries')
const maximumPosition = positionOf('conntrack.max')

// Nothing can be said from less than half of the last third of the growth that an estimate needs.
const firstAfter = (growthSeconds / 3 / 2) * 1000
const every = 10_000
// A tick that comes a little early counts as the tenth.
const slack = 500
// Evictions hold a full table a little below its maximum. Ours.
const fullFrom = 0.995

const derived = clean('derived')
const early: Absence = { missing: 'no-data', advice: clean('too early: needs 3 minutes of readings') }
const full: Absence = { missing: 'not-applicable', advice: clean('full: new entries evict others, or are refused') }
const rising: Absence = { missing: 'no-data', advice: clean('rising: three minutes of growth are needed') }
const still: Absence = { missing: 'not-applicable', advice: clean('not growing') }
const unlimited: Absence = { missing: 'not-applicable', advice: clean('no maximum is known') }

/** Works out `conntrack.time_to_full` every 10 s from the history of the table, as a sample of its own. */
export const estimate = (applying: Applying, state: NodeState, { at }: Sample): void => {
  const series = state.history[entriesPosition]
  if (series === undefined || figureAt(state.data.figures, column.at, entriesPosition) !== at) return
  if (state.tableSince === undefined) setOrigin(state, position, early, applying.era)
  state.tableSince ??= at
  state.nextEstimate ??= at + firstAfter
  if (at < state.nextEstimate) return
  state.nextEstimate = at + every - slack

  const maximum = maximumOf(state)
  const result = timeToFull(lastEntries(series), series.shape.period, maximum ?? Number.NaN)
  const seconds = result.kind === 'value' ? result.seconds : Number.NaN
  const origin = absenceOf(state, at, maximum, result.kind) ?? originOf(state, maximum)
  setOrigin(state, position, origin, applying.era)
  applySample(applying, state, {
    type: 'sample',
    subject: { node: state.data.name },
    at,
    metrics: [id],
    values: Float64Array.of(seconds),
  })
}

/** Why there is no time to full; undefined where there is one. */
const absenceOf = (
  { data, tableSince = 0 }: NodeState,
  at: number,
  maximum: number | undefined,
  kind: TimeToFull['kind'],
): Absence | undefined => {
  if (maximum === undefined) return unlimited
  if (figureAt(data.figures, column.value, entriesPosition) >= fullFrom * maximum) return full
  if (kind === 'value') return undefined
  if (kind === 'rising') return rising
  return at - tableSince < growthSeconds * 1000 - slack ? early : still
}

const maximumOf = (state: NodeState): number | undefined => {
  const origin = state.data.origins[maximumPosition]
  const maximum = figureAt(state.data.figures, column.value, maximumPosition)
  return maximum > 0 && !(origin !== undefined && isAbsent(origin)) ? maximum : undefined
}

const lastEntries = (series: Series): Float32Array => {
  const entries = new Float32Array(growthSeconds / series.shape.period)
  const from = series.head - entries.length + 1
  return entries.map((_, index) => slotValue(series, from + index))
}

const originOf = (state: NodeState, maximum = Number.POSITIVE_INFINITY): Origin => {
  const source = state.data.origins[entriesPosition]
  const known = source !== undefined && !isAbsent(source) ? source : undefined
  const fill = figureAt(state.data.figures, column.value, entriesPosition) / maximum
  const unjudged = known?.unjudged === true || !(fill >= judgedFill)
  return { tier: derived, scope: known?.scope ?? 'host', ...(unjudged ? { unjudged } : {}) }
}
