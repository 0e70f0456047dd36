import type { PodRecord } from '../events/records.ts'
import type { MetricId } from '../metrics/catalogue.ts'
import type { NodeData } from './node-state.ts'
import type { Now } from './now.ts'
import { type HeldPodFigure, podFigureIn, podStaleAfter } from './pod-figures.ts'
import { isWatched } from './reading.ts'

/** A figure of a pod with what has to be known to trust it. `stale`: too old, or its node is not watched now. */
export interface PodReading extends HeldPodFigure {
  readonly kind: 'live' | 'stale'
  /** Seconds since it was taken. */
  readonly age: number
}

/** How a pod's figure stands at a time; undefined: its node tells of none. */
export const podReading = (
  data: NodeData,
  pod: Pick<PodRecord, 'uid' | 'containers'>,
  metric: MetricId,
  now: Now,
): PodReading | undefined => {
  const { pods } = data
  const figure = pods && podFigureIn(pods, pod, metric)
  if (pods === undefined || figure === undefined) return undefined
  const age = Math.max(0, now.at - pods.at) / 1000
  const live = isWatched(data) && age <= podStaleAfter(pods, metric) + now.late / 1000
  return { ...figure, kind: live ? 'live' : 'stale', age }
}
