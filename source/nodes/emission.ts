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

export const createEmission = (node: NodeName): Emission => {
  let metrics: MetricId[] = []
  let values: number[] = []
  let observations: number[] = []
  let windows: number[] = []
  let bounds: number[] = []
  let events: Event[] = []
  const subject = { node }

  return {
    add(taken, counts, at) {
      taken.metrics.forEach((metric, index) => {
        if (!counts.has(metric)) return
        metrics.push(metric)
        values.push(taken.values[index] ?? Number.NaN)
        observations.push(taken.observations[index] ?? Number.NaN)
        windows.push(taken.windows[index] ?? Number.NaN)
        bounds.push(taken.bounds[index] ?? 0)
      })
      for (const [fact, value] of taken.facts) events.push({ type: 'fact', subject, fact, value })
      for (const tally of taken.tallies) events.push({ type: 'tally', node, at, ...tally })
    },
    drain(at) {
      const drained = events
      if (metrics.length > 0) {
        const sample: Sample = {
          type: 'sample',
          subject,
          at,
          metrics,
          values: new Float64Array(values),
          observations: new Float64Array(observations),
          windows: new Float64Array(windows),
          bounds: new Int8Array(bounds),
        }
        drained.push(sample)
      }
      metrics = []
      values = []
      observations = []
      windows = []
      bounds = []
      events = []
      return drained
    },
  }
}
