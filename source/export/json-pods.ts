import type { NodeName } from '../events/subject.ts'
import { catalogue, type MetricId, metricOf } from '../metrics/catalogue.ts'
import type { Band } from '../metrics/metric.ts'
import type { PodReading } from '../store/pod-reading.ts'
import type { Snapshot } from '../store/snapshot.ts'
import type { Unit } from '../text/units.ts'
import { rounded, seconds } from './number.ts'

/** A figure of a pod, as its node tells it. Ages and windows are seconds. */
export interface JsonPodFigure {
  readonly value: number
  readonly unit: Unit
  readonly age: number
  readonly band: Band
  readonly stale?: true
  readonly samples?: number
  readonly window?: number
  /** The container that it is of, where it is of one. */
  readonly container?: string
}

export interface JsonPod {
  readonly namespace: string
  readonly name: string
  readonly readings: Readonly<Partial<Record<MetricId, JsonPodFigure>>>
}

/** The figures that pods have themselves. */
export const podMetrics: readonly MetricId[] = catalogue.flatMap(({ id, podColumn }) =>
  podColumn === undefined ? [] : [id],
)

const figureOf = (reading: PodReading): JsonPodFigure | undefined => {
  const value = rounded(reading.value)
  const [samples, window] = [rounded(reading.observations), seconds(reading.window)]
  if (value === undefined) return undefined
  return {
    value,
    unit: metricOf(reading.metric).unit,
    age: seconds(reading.age) ?? 0,
    band: reading.band,
    ...(reading.kind === 'stale' ? { stale: true } : {}),
    ...(samples === undefined ? {} : { samples }),
    ...(window === undefined ? {} : { window }),
    ...(reading.container === '' ? {} : { container: reading.container }),
  }
}

/** The pods of a node that have figures of their own; undefined where none has. */
export const jsonPods = (snapshot: Snapshot, node: NodeName): readonly JsonPod[] | undefined => {
  const pods = Array.from(snapshot.records.relations.podsOn(node)).flatMap((id): readonly JsonPod[] => {
    const record = snapshot.records.pods.get(id)
    if (record === undefined) return []
    const readings = podMetrics.flatMap((metric) => {
      const reading = snapshot.podFigure(record, metric)
      const figure = reading && figureOf(reading)
      return figure === undefined ? [] : [[metric, figure] as const]
    })
    const { namespace, name } = record
    return readings.length === 0 ? [] : [{ namespace, name, readings: Object.fromEntries(readings) }]
  })
  return pods.length === 0 ? undefined : pods
}
