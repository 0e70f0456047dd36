import type { PodRecord } from '../../events/records.ts'
import { segment } from '../../interface/lines.ts'
import type { Column } from '../../interface/table/column.ts'
import type { Theme } from '../../interface/theme.ts'
import { catalogue, type MetricId, metricOf } from '../../metrics/catalogue.ts'
import { type Band, severity } from '../../metrics/metric.ts'
import type { PodReading } from '../../store/pod-reading.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { type Clean, clean, joinClean } from '../../text/clean.ts'
import type { Segment } from '../../text/colour.ts'
import { formatCell, formatValue } from '../../text/units.ts'
import { widthOf } from '../../text/width.ts'

type PodOf = (snapshot: Snapshot, row: string) => PodRecord | undefined

const figureSegment = (reading: PodReading, width: number, theme: Theme): Segment => {
  const standing = reading.kind === 'stale' ? 'stale' : reading.band
  const symbol = standing === 'ok' ? clean('') : theme.glyphs.standing[standing]
  const text = formatCell(reading.value, metricOf(reading.metric).unit, Math.max(1, width - widthOf(symbol)))
  return { text: joinClean([symbol, text]), style: standing }
}

/**
 * Why it is not known whether a pod has a figure; undefined: it is known. A node that tells of others, or that has none to tell
 * of, says of this pod that it has none.
 */
const gapOf = (snapshot: Snapshot, { node, phase }: PodRecord, metric: MetricId): Clean | undefined => {
  if (node === undefined || phase !== 'Running') return undefined
  const reading = snapshot.nodes.get(node)?.reading(metric)
  if (reading === undefined) return clean(`kntop does not watch ${node}`)
  return reading.kind === 'missing' && reading.missing !== 'not-applicable' ? reading.advice : undefined
}

const isUnknown = (snapshot: Snapshot, pod: PodRecord | undefined, metric: MetricId): boolean =>
  pod !== undefined && gapOf(snapshot, pod, metric) !== undefined

/** A column for each figure that pods have themselves. */
export const podFigureColumns = (all: Snapshot, podOf: PodOf): readonly Column[] =>
  catalogue.flatMap(({ id, podColumn }): readonly Column[] => {
    if (podColumn === undefined || (podColumn.seldom && !all.isToldOfPods(id))) return []
    const { heading, width: cells, priority } = podColumn
    const readingOf = (snapshot: Snapshot, row: string): PodReading | undefined => {
      const pod = podOf(snapshot, row)
      return pod && snapshot.podFigure(pod, id)
    }
    return [
      {
        id,
        heading,
        width: cells,
        priority,
        align: 'right',
        cell: (snapshot, row, width, theme) => {
          const reading = readingOf(snapshot, row)
          if (reading !== undefined) return figureSegment(reading, width, theme)
          return segment(isUnknown(snapshot, podOf(snapshot, row), id) ? '?' : '-', 'missing')
        },
        sortKey: (snapshot, row) => readingOf(snapshot, row)?.value,
        band(snapshot, row) {
          const reading = readingOf(snapshot, row)
          return reading === undefined ? 'ok' : bandOf(reading)
        },
      },
    ]
  })

/** Which container a figure is of, as the API server names it, or as its runtime does. */
const containerOf = ({ containers }: PodRecord, { container }: PodReading): Clean =>
  containers.find(({ id }) => id !== '' && id === container)?.name ?? clean(container.slice(0, 12))

/** A figure in words: `container held back by its CPU limit, web: 43 %`; `standing`: how it stands, after its value. */
export const figureWords = (pod: PodRecord, reading: PodReading, standing = ''): Clean => {
  const { title, unit, denominator } = metricOf(reading.metric)
  const of = reading.container === '' ? [] : [clean(', '), containerOf(pod, reading)]
  const behind = denominator === undefined ? '' : ` of ${reading.observations} ${denominator.of}`
  const stale = reading.kind === 'stale' ? ', old' : ''
  const value = formatValue(reading.value, unit)
  return joinClean([clean(title), ...of, clean(': '), value, clean(`${standing}${behind}${stale}`)])
}

const bandOf = ({ kind, band }: PodReading): Band => (kind === 'live' ? band : 'ok')

/** A pod's own figures in words, those in the worst band first: a column of which has no room says nothing else. */
export const podFigureWords = (snapshot: Snapshot, pod: PodRecord): readonly Clean[] =>
  catalogue
    .flatMap(({ id, podColumn }) => (podColumn === undefined ? [] : (snapshot.podFigure(pod, id) ?? [])))
    .sort((one, other) => severity(bandOf(other)) - severity(bandOf(one)))
    .map((reading) => {
      const band = bandOf(reading)
      return figureWords(pod, reading, band === 'ok' ? '' : ` ${band}`)
    })

/** Why it is not known what figures a pod has, of those that every pod may have. */
export const podGapWords = (snapshot: Snapshot, pod: PodRecord): readonly Clean[] =>
  catalogue.flatMap(({ id, title, podColumn }) => {
    if (podColumn === undefined || podColumn.seldom || snapshot.podFigure(pod, id) !== undefined) return []
    const gap = gapOf(snapshot, pod, id)
    return gap === undefined ? [] : [joinClean([clean(title), clean(': not known, '), gap])]
  })
