import { catalogue, type MetricId, metricOf } from '../metrics/catalogue.ts'
import type { Figure, Reading } from '../store/reading.ts'
import type { NodeView } from '../store/snapshot.ts'
import { clean } from '../text/clean.ts'
import { lineText, type Segment } from '../text/colour.ts'
import { formatAge, formatValue } from '../text/units.ts'
import { widthOf, wrap } from '../text/width.ts'
import { boundMarks } from './figure-cell.ts'
import { segment, wrapInto } from './lines.ts'

type Line = readonly Segment[]

/** A reading in words: its value with the unit, and how it stands if that is not `ok`; or the word for its absence. */
export const readingWords = (reading: Reading, metric: MetricId): Segment => {
  if (reading.kind === 'missing') return segment(reading.missing, 'missing')
  const standing = reading.kind === 'stale' ? 'stale' : reading.band
  const bound = reading.bound === undefined ? '' : boundMarks[reading.bound]
  const value = `${bound}${formatValue(reading.value, metricOf(metric).unit)}`
  return segment(standing === 'ok' ? value : `${value} ${standing}${endingWords(reading, metric)}`, standing)
}

/** `, ending, was 3.41k/s`: the band outlives what raised it, so that a burst is seen. */
export const endingWords = ({ kind, ending }: Figure, metric: MetricId): string => {
  if (ending === undefined || kind === 'stale') return ''
  const { peak } = ending
  return Number.isNaN(peak) ? ', ending' : `, ending, was ${formatValue(peak, metricOf(metric).unit)}`
}

/** The metrics that put the node where it stands. */
const worstMetrics = (node: NodeView): readonly MetricId[] => {
  const worst = node.worst()
  if (worst === 'ok' || node.isLost) return []
  return catalogue.flatMap(({ id }) => {
    const reading = node.reading(id)
    return reading.kind === 'live' && reading.band === worst ? [id] : []
  })
}

/** The figures that put the node where it stands, by name: the sign beside it must not be a riddle. */
const causes = (node: NodeView): readonly Segment[] =>
  worstMetrics(node).flatMap((id) => [
    segment(`${metricOf(id).title} `),
    readingWords(node.reading(id), id),
    segment('  '),
  ])

/** The worst figures of a node, where no column in view shows one of them; undefined: one is seen. */
export const hiddenCauses = (node: NodeView, isInView: (metric: MetricId) => boolean): Line | undefined => {
  const worst = worstMetrics(node)
  if (worst.length === 0 || worst.some(isInView)) return undefined
  return [segment(' not in view: ', 'title'), ...causes(node)]
}

const help: Line = [segment(' left and right choose a figure, x explains it, enter opens the node', 'dim')]

const linkWords = ({ link }: NodeView): string => {
  if (link === undefined) return 'not connected'
  const words = [link.transport, link.state, link.cause].filter((word) => word !== '').join(' ')
  return link.lease === undefined ? words : `${words}; its sampler ends ${link.lease} s after kntop went silent`
}

/** What stands first is never cut for the help's sake: a cause may take both lines, and so does what is odd of a link. */
const nodeLines = (node: NodeView, width: number): readonly Line[] => {
  const { name, link } = node
  const why = causes(node)
  const remark = link?.remark === undefined ? undefined : [segment(` ${link.remark}`, 'warning')]
  if (why.length > 0) return [[segment(` ${name} `, 'title'), ...why], remark ?? help]
  const [first = clean(''), ...rest] = wrapInto(clean(linkWords(node)), Math.max(10, width - name.length - 2), 2)
  return [
    [segment(` ${name} `, 'title'), { text: first, style: 'plain' }],
    ...(remark === undefined ? [] : [remark]),
    ...rest.map((line) => [segment(` ${line}`)]),
    help,
  ]
}

/**
 * Two lines of at most `width` cells on a figure: how it stands and how it was taken, and what it means; or why it is
 * missing, in two lines: x shows all of it. Without a metric: how its node stands.
 */
export const readingLines = (node: NodeView, metric: MetricId | undefined, width: number): readonly Line[] => {
  if (metric === undefined) return nodeLines(node, width)
  const { title, meaning } = metricOf(metric)
  const reading = node.reading(metric)
  const head = [segment(` ${title} `, 'title'), readingWords(reading, metric)]
  const means = [segment(` ${meaning}`, 'dim')]
  if (reading.kind !== 'missing') {
    const { namespaces } = reading
    const read = namespaces === undefined ? '' : ` (${namespaces.read} of ${namespaces.of} namespaces)`
    const from = ` by ${reading.tier}, scope ${reading.scope}${read}, ${formatAge(reading.age)} old`
    return [[...head, segment(from)], means]
  }
  const room = Math.max(10, width - widthOf(lineText(head)) - 2)
  const [first = clean(''), ...others] = wrap(reading.advice, room)
  const rest = others.join(' ')
  return [[...head, segment(`: ${first}`)], ...(rest === '' ? [] : [[segment(` ${rest}`)]]), means]
}
