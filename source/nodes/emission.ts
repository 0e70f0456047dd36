import type { Event, Sample } from '../events/event.ts'
import type { NodeName } from '../events/subject.ts'
import type { MetricId } from '../metrics/catalogue.ts'
import type { Taken } from './taken.ts'

/** Gathers what the probes of one node took at one time, and makes one sample of it. */
export interface Emission {
  add(taken: Taken, counts: ReadonlySet<MetricId>, at: number): void
  /** The events gathered so far; the emission is empty afterwards. */
  drain(at: number): Event[]
}

type Columns = Required<Pick<Sample, 'values' | 'observations' | 'windows' | 'bounds'>>

/** The columns of a sample of so many metrics, in one piece of memory: a piece for each costs four times as much. */
const columnsFor = (count: number): Columns => {
  const memory = new ArrayBuffer(count * 25)
  return {
    values: new Float64Array(memory, 0, count),
    observations: new Float64Array(memory, count * 8, count),
    windows: new Float64Array(memory, count * 16, count),
    bounds: new Int8Array(memory, count * 24, count),
  }
}

const longer = (columns: Columns): Columns => {
  const copy = columnsFor(Math.max(16, 2 * columns.values.length))
  copy.values.set(columns.values)
  copy.observations.set(columns.observations)
  copy.windows.set(columns.windows)
  copy.bounds.set(columns.bounds)
  return copy
}

const cut = (columns: Columns, count: number): Columns =>
  columns.values.length === count
    ? columns
    : {
        values: columns.values.subarray(0, count),
        observations: columns.observations.subarray(0, count),
        windows: columns.windows.subarray(0, count),
        bounds: columns.bounds.subarray(0, count),
      }

export const createEmission = (node: NodeName): Emission => {
  let metrics: MetricId[] = []
  let columns: Columns | undefined
  let events: Event[] = []
  /** Metrics of the last sample: most have the same ones. */
  let expected = 0
  const subject = { node }

  return {
    add(taken, counts, at) {
      for (let index = 0; index < taken.metrics.length; index += 1) {
        const metric = taken.metrics[index]
        if (metric === undefined || !counts.has(metric)) continue
        const row = metrics.length
        columns ??= columnsFor(expected)
        if (row >= columns.values.length) columns = longer(columns)
        columns.values[row] = taken.values[index] ?? Number.NaN
        columns.observations[row] = taken.observations[index] ?? Number.NaN
        columns.windows[row] = taken.windows[index] ?? Number.NaN
        columns.bounds[row] = taken.bounds[index] ?? 0
        metrics.push(metric)
      }
      for (const [fact, value] of taken.facts) events.push({ type: 'fact', subject, fact, value })
      for (const tally of taken.tallies) events.push({ type: 'tally', node, at, ...tally })
    },
    drain(at) {
      const drained = events
      if (columns !== undefined) drained.push({ type: 'sample', subject, at, metrics, ...cut(columns, metrics.length) })
      if (metrics.length > 0) expected = metrics.length
      metrics = []
      columns = undefined
      events = []
      return drained
    },
  }
}
