import type { Event } from '../events/event.ts'
import type { NodeName } from '../events/subject.ts'
import { catalogue, type MetricId } from '../metrics/catalogue.ts'
import { createMetricLists } from './metric-lists.ts'
import type { Taken } from './taken.ts'

/** Gathers what the probes of one node took at one time, and makes one sample of it. */
export interface Emission {
  add(taken: Taken, counts: ReadonlySet<MetricId>, at: number): void
  /** The events gathered so far; the emission is empty afterwards. */
  drain(at: number): Event[]
}

/**
 * Figures while they are gathered, of one node at a time: whoever adds drains before anybody else adds. In plain arrays that are
 * used again and again: a sample is cut from them in its size.
 */
const gathered = {
  node: undefined as NodeName | undefined,
  count: 0,
  metrics: catalogue.map(({ id }) => id),
  values: catalogue.map(() => Number.NaN),
  observations: catalogue.map(() => Number.NaN),
  windows: catalogue.map(() => Number.NaN),
  bounds: catalogue.map(() => 0),
  isBound: false,
}

const begin = (node: NodeName): void => {
  gathered.node = node
  gathered.count = 0
  gathered.isBound = false
}

const gather = (metric: MetricId, taken: Taken, index: number): void => {
  const { count } = gathered
  const bound = taken.bounds[index] ?? 0
  gathered.metrics[count] = metric
  gathered.values[count] = taken.values[index] ?? Number.NaN
  gathered.observations[count] = taken.observations[index] ?? Number.NaN
  gathered.windows[count] = taken.windows[index] ?? Number.NaN
  gathered.bounds[count] = bound
  gathered.isBound ||= bound !== 0
  gathered.count = count + 1
}

/** Lists of metrics that samples had: nodes of one kind have the same few. */
const listOf = createMetricLists()

export const createEmission = (node: NodeName): Emission => {
  // Not made before there is something to put in: an array that waits for a second grows old in the collector's eyes, and
  // what it holds then outlives its use until all of the heap is gone through.
  let events: Event[] | undefined
  const subject = { node }

  return {
    add(taken, counts, at) {
      for (let index = 0; index < taken.count; index += 1) {
        const metric = taken.metrics[index]
        if (metric === undefined || !counts.has(metric)) continue
        if (gathered.node !== node) begin(node)
        gather(metric, taken, index)
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
      if (gathered.node === node) {
        const { count } = gathered
        drained.push({
          type: 'sample',
          subject,
          at,
          metrics: listOf(gathered.metrics, count),
          values: gathered.values.slice(0, count),
          observations: gathered.observations.slice(0, count),
          windows: gathered.windows.slice(0, count),
          ...(gathered.isBound ? { bounds: gathered.bounds.slice(0, count) } : {}),
        })
        gathered.node = undefined
      }
      events = undefined
      return drained
    },
  }
}
