import type { Sample } from '../events/event.ts'
import { isAbsent } from '../events/origin.ts'
import { calm, judge } from '../metrics/bands.ts'
import { type MetricId, positionOf } from '../metrics/catalogue.ts'
import { severity } from '../metrics/metric.ts'
import { column, figure } from './figures.ts'
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

/** Takes a sample into current values, bands and history. A metric's sample that is older than its newest is left out. */
export const applySample = (applying: Applying, state: NodeState, sample: Sample): void => {
  const data = writable(state, applying.generation)
  for (const [index, metric] of sample.metrics.entries()) {
    applyValue(applying, state, data, metric, sample.at, {
      value: sample.values[index] ?? Number.NaN,
      observations: sample.observations?.[index] ?? Number.NaN,
      window: sample.windows?.[index] ?? Number.NaN,
      bound: sample.bounds?.[index] ?? 0,
    })
  }
}
