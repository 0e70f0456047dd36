import { type MetricId, metricOf } from '../metrics/catalogue.ts'
import type { NodeView } from '../store/snapshot.ts'
import type { Segment } from '../text/colour.ts'
import { formatAge, formatValue } from '../text/units.ts'
import { segment } from './lines.ts'

/** Two lines on a figure: what it is, how it stands and how it was taken; and what it means. */
export const readingLines = (node: NodeView, metric: MetricId | undefined): readonly (readonly Segment[])[] => {
  if (metric === undefined) {
    const { link } = node
    const lease = link?.lease === undefined ? '' : `, ends by itself ${link.lease} s after the last tick`
    return [
      [
        segment(` ${node.name} `, 'title'),
        segment(
          link === undefined
            ? 'not connected'
            : [link.transport, link.state, link.cause].filter((word) => word !== '').join(' ') + lease,
        ),
      ],
      [segment(' left and right choose a figure, x explains it, enter opens the node', 'dim')],
    ]
  }
  const { title, unit, meaning } = metricOf(metric)
  const reading = node.reading(metric)
  const means = [segment(` ${meaning}`, 'dim')]
  if (reading.kind === 'missing')
    return [[segment(` ${title} `, 'title'), segment(`${reading.missing}: ${reading.advice}`, 'note')], means]
  return [
    [
      segment(` ${title} `, 'title'),
      segment(`${formatValue(reading.value, unit)} `, reading.kind === 'stale' ? 'stale' : reading.band),
      segment(
        reading.kind === 'stale' ? 'stale ' : reading.band === 'ok' ? '' : `${reading.band} `,
        reading.kind === 'stale' ? 'stale' : reading.band,
      ),
      segment(`by ${reading.tier}, scope ${reading.scope}, ${formatAge(reading.age)} old`),
    ],
    means,
  ]
}
