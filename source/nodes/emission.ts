import type { Event } from '../events/event.ts'
import type { NodeName } from '../events/subject.ts'
import { catalogue, type MetricId } from '../metrics/catalogue.ts'
import type { Taken } from './taken.ts'

/** Gathers what the probes of one node took at one time, and makes one sample of it. */
export interface Emission {
  add(taken: Taken, counts: ReadonlySet<MetricId>, at: number): void
  /** The events gathered so far; the emission is empty afterwards. */
  drain(at: number): Event[]
}

/** Figures while they are gathered. Plain arrays: typed ones of this size live outside the heap, where coming and going is dear. */
interface Figures {
  readonly metrics: MetricId[]
  readonly values: number[]
  readonly observations: number[]
  readonly windows: number[]
  readonly bounds: number[]
}

const ids = catalogue.map(({ id }) => id)
const gaps = catalogue.map(() => Number.NaN)

/** Room for so many figures, cut from arrays of their kind: gathering then moves nothing, and makes none of them anew. */
const roomFor = (count: number): Figures => ({
  metrics: ids.slice(0, count),
  values: gaps.slice(0, count),
  observations: gaps.slice(0, count),
  windows: gaps.slice(0, count),
  bounds: gaps.slice(0, count),
})

const cut = (figures: Figures, count: number): Figures => {
  if (figures.metrics.length > count) for (const column of Object.values(figures)) column.length = count
  return figures
}

export const createEmission = (node: NodeName): Emission => {
  let figures: Figures | undefined
  let count = 0
  /** Figures of the last sample: most have as many. */
  let expected = 0
  // Not made before there is something to put in: an array that waits for a second grows old in the collector's eyes, and
  // what it holds then outlives its use until all of the heap is gone through.
  let events: Event[] | undefined
  const subject = { node }

  return {
    add(taken, counts, at) {
      for (let index = 0; index < taken.count; index += 1) {
        const metric = taken.metrics[index]
        if (metric === undefined || !counts.has(metric)) continue
        figures ??= roomFor(expected)
        figures.metrics[count] = metric
        figures.values[count] = taken.values[index] ?? Number.NaN
        figures.observations[count] = taken.observations[index] ?? Number.NaN
        figures.windows[count] = taken.windows[index] ?? Number.NaN
        figures.bounds[count] = taken.bounds[index] ?? 0
        count += 1
      }
      if (taken.facts.size > 0)
        for (const [fact, value] of taken.facts) (events ??= []).push({ type: 'fact', subject, fact, value })
      if (taken.pods !== undefined) (events ??= []).push({ type: 'pod-figures', node, at, rows: taken.pods })
      if (taken.tallies.length > 0)
        for (const tally of taken.tallies) (events ??= []).push({ type: 'tally', node, at, ...tally })
      if (taken.sockets !== undefined) (events ??= []).push({ ...taken.sockets, node, at })
    },
    drain(at) {
      const drained = events ?? []
      if (figures !== undefined) {
        drained.push({ type: 'sample', subject, at, ...cut(figures, count) })
        expected = count
        count = 0
        figures = undefined
      }
      events = undefined
      return drained
    },
  }
}
