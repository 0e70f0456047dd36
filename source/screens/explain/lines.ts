import type { NodeName } from '../../events/subject.ts'
import { absences } from '../../interface/figure-cell.ts'
import { segment, timeOfDay } from '../../interface/lines.ts'
import { endingWords } from '../../interface/reading-lines.ts'
import { type MetricId, metricOf } from '../../metrics/catalogue.ts'
import { isAnyOccurrence, type Level, levelNames } from '../../metrics/metric.ts'
import type { Figure, Reading } from '../../store/reading.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import type { Segment } from '../../text/colour.ts'
import { formatAge, formatValue } from '../../text/units.ts'
import { formatLong } from '../../text/units-long.ts'
import { paragraph } from './paragraph.ts'
import { podLines } from './pod-lines.ts'

type Line = readonly Segment[]

const scopes = {
  host: 'the host network namespace only: pods have their own figures',
  pod: 'one pod',
  node: 'the host and its pods',
  machine: 'the whole machine',
} as const

const behind = (figure: Figure, metric: MetricId): string => {
  const { denominator } = metricOf(metric)
  const parts: string[] = []
  if (figure.observations !== undefined) parts.push(`${figure.observations} ${denominator?.of ?? 'observations'}`)
  // A rate covers its second: that is no news.
  if (figure.window !== undefined && figure.window >= 2) parts.push(`over ${formatAge(figure.window)}`)
  if (figure.bound !== undefined) parts.push(`the true value lies ${figure.bound}: the histogram goes no further`)
  if (denominator !== undefined && (figure.observations ?? 0) < denominator.least)
    parts.push(`below ${denominator.least} ${denominator.of} it raises no band`)
  return parts.join(', ')
}

const scopeWords = ({ scope, namespaces }: Figure): string => {
  const read = namespaces && `, ${namespaces.read} of ${namespaces.of} network namespaces read`
  return `${scope}: ${scopes[scope]}${read ?? ''}`
}

const valueLines = (reading: Reading, metric: MetricId, width: number): readonly Line[] => {
  if (reading.kind === 'missing')
    return [
      ...paragraph('Missing', `${reading.missing} (${absences[reading.missing].meaning})`, width, 'note'),
      ...paragraph('Because', reading.advice, width),
    ]
  const { unit } = metricOf(metric)
  const band = reading.kind === 'stale' ? 'stale' : reading.band
  const words = reading.kind === 'stale' ? 'stale' : (reading.unjudged ?? reading.band)
  const since = reading.since === undefined ? '' : ` since ${timeOfDay(reading.since)} UTC`
  const more = behind(reading, metric)
  return [
    ...paragraph(
      'Value',
      `${formatLong(reading.value, unit)}  ${words}${since}${endingWords(reading, metric)}`,
      width,
      band,
    ),
    ...(more === '' ? [] : paragraph('Behind it', more, width)),
    ...paragraph('Taken by', reading.tier, width),
    ...paragraph('Scope', scopeWords(reading), width),
    ...paragraph(
      'Age',
      `${formatAge(reading.age)}${reading.kind === 'stale' ? ': stale, no newer reading came' : ''}`,
      width,
    ),
  ]
}

const levelText = (level: Level, worse: string, metric: MetricId): string => {
  const { unit } = metricOf(metric)
  const hold = level.hold > 0 ? ` for ${level.hold} s` : ''
  // The least rate that there is stands for any: as a figure it would say nothing.
  if (unit === '/s' && worse === 'higher' && isAnyOccurrence(level))
    return `at any${hold}; ends after ${level.linger} s without. ${level.origin}`
  const sign = worse === 'lower' ? 'at or below' : 'at or above'
  const clears = worse === 'lower' ? 'above' : 'below'
  return `${sign} ${formatValue(level.raise, unit)}${hold}; ends ${clears} ${formatValue(level.clear, unit)} for ${level.linger} s. ${level.origin}`
}

const levelLines = (snapshot: Snapshot, metric: MetricId, width: number): readonly Line[] => {
  const { worse } = metricOf(metric)
  const levels = snapshot.levels(metric)
  const lines = levelNames.toReversed().flatMap((band) => {
    const level = levels[band]
    return level === undefined ? [] : paragraph(band, levelText(level, worse, metric), width, band)
  })
  return lines.length === 0 ? paragraph('Bands', 'none: this figure is judged by nobody', width) : lines
}

/** A figure that raises nothing must not be told what to do against it. */
const actionText = (snapshot: Snapshot, reading: Reading | undefined, metric: MetricId): string => {
  const { action } = metricOf(metric)
  const levels = Object.values(snapshot.levels(metric))
  const raised = reading !== undefined && reading.kind !== 'missing' && reading.band !== 'ok'
  if (raised || levels.length === 0) return action
  return levels.every((level) => isAnyOccurrence(level)) ? `if above 0: ${action}` : `if it raises a band: ${action}`
}

/** As tables and the header call it too, where it has a short name. */
const nameOf = (metric: MetricId): string => {
  const { title, column, podColumn } = metricOf(metric)
  const { heading } = column ?? podColumn ?? {}
  return heading === undefined ? title : `${title} (${heading})`
}

/** All that can be said of one figure: value, origin, age, scope, meaning, what to do, and when it raises a band. */
export const explainLines = (snapshot: Snapshot, node: NodeName, metric: MetricId, width: number): readonly Line[] => {
  const { meaning } = metricOf(metric)
  const view = snapshot.nodes.get(node)
  return [
    [segment(nameOf(metric), 'title')],
    [],
    ...(view === undefined
      ? paragraph('Missing', 'this node is not there', width, 'note')
      : valueLines(view.reading(metric), metric, width)),
    ...podLines(snapshot, node, metric, width),
    [],
    ...paragraph('Means', meaning, width),
    ...paragraph('Do', actionText(snapshot, view?.reading(metric), metric), width),
    [],
    ...levelLines(snapshot, metric, width),
    [],
    ...paragraph('Script name', `${metric} in --once --output json`, width, 'dim'),
  ]
}
