import type { NodeName } from '../../events/subject.ts'
import { type MetricId, metricOf } from '../../metrics/catalogue.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { joinClean } from '../../text/clean.ts'
import type { Segment } from '../../text/colour.ts'
import { figureWords } from '../pods/figures.ts'
import { paragraph } from './paragraph.ts'

/** As many as say who it is; `:pods` has all of them. */
const most = 5

/** The pods of a node whose figure this is too, the largest first: the node's is that of the first. */
export const podLines = (
  snapshot: Snapshot,
  node: NodeName,
  metric: MetricId,
  width: number,
): readonly (readonly Segment[])[] => {
  if (metricOf(metric).podColumn === undefined || !snapshot.isToldOfPods(metric)) return []
  const pods = Array.from(snapshot.records.relations.podsOn(node)).flatMap((id) => {
    const record = snapshot.records.pods.get(id)
    const reading = record && snapshot.podFigure(record, metric)
    return record === undefined || reading === undefined ? [] : [{ record, reading }]
  })
  return pods
    .toSorted((one, other) => other.reading.value - one.reading.value)
    .slice(0, most)
    .flatMap(({ record, reading }, index) =>
      paragraph(
        index === 0 ? 'Pods' : '',
        joinClean([record.id, figureWords(record, reading)], ' '),
        width,
        reading.kind === 'stale' ? 'stale' : reading.band,
      ),
    )
}
