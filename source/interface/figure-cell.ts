import type { Missing } from '../events/origin.ts'
import { type MetricId, metricOf } from '../metrics/catalogue.ts'
import type { Figure, Reading } from '../store/reading.ts'
import type { NodeView } from '../store/snapshot.ts'
import { type Clean, clean, joinClean } from '../text/clean.ts'
import type { Segment } from '../text/colour.ts'
import { formatCell } from '../text/units.ts'
import { widthOf } from '../text/width.ts'
import type { Theme } from './theme.ts'

/** How an absence is named where a figure would stand, and what the word means. The help lists them. */
export const absences: Readonly<Record<Missing, { readonly short: string; readonly meaning: string }>> = {
  denied: { short: 'denied', meaning: 'this user may not read it' },
  'no-tool': { short: 'notool', meaning: 'a program that it needs is not on the node' },
  'no-kernel': { short: 'nokern', meaning: 'the kernel does not have it' },
  'not-asked': { short: 'off', meaning: 'runs only when asked for: see opt-ins (w)' },
  'not-applicable': { short: '-', meaning: 'does not apply here, or not now' },
  'no-data': { short: '?', meaning: 'nothing to show yet, or too few observations' },
  lost: { short: 'lost', meaning: 'the node is not reached' },
  'not-recorded': { short: 'norec', meaning: 'the recording does not hold it' },
}

type Format = typeof formatCell

/** What stands before a value that is only a bound of the true one. */
export const boundMarks = { below: '<', above: '>' } as const

const figureText = (figure: Figure, metric: MetricId, width: number, theme: Theme, format: Format): Clean => {
  const standing = figure.kind === 'stale' ? 'stale' : figure.band
  const symbol = standing === 'ok' ? clean('') : theme.glyphs.standing[standing]
  const bound = clean(figure.bound === undefined ? '' : boundMarks[figure.bound])
  const room = Math.max(1, width - widthOf(symbol) - bound.length)
  return joinClean([symbol, bound, format(figure.value, metricOf(metric).unit, room)])
}

/**
 * A reading in a cell of `width`: its symbol and value, or the word for its absence. `format`: how the value is written;
 * without the signs that a heading says for all, unless told otherwise.
 */
export const readingCell = (
  reading: Reading,
  metric: MetricId,
  width: number,
  theme: Theme,
  format: Format = formatCell,
): Segment => {
  if (reading.kind === 'missing') return { text: clean(absences[reading.missing].short), style: 'missing' }
  return {
    text: figureText(reading, metric, width, theme, format),
    style: reading.kind === 'stale' ? 'stale' : reading.band,
  }
}

/**
 * A metric of a node in a cell. A percentile without enough observations is not shown; what stands in for it, such as the
 * maximum, is, and says so.
 */
export const figureCell = (node: NodeView, metric: MetricId, width: number, theme: Theme): Segment => {
  const reading = node.reading(metric)
  const { standIn } = metricOf(metric)
  if (reading.kind === 'missing' && reading.missing === 'no-data' && standIn !== undefined) {
    const other = node.reading(standIn.metric as MetricId)
    if (other.kind === 'live') {
      const text = formatCell(other.value, metricOf(metric).unit, width - standIn.word.length)
      return { text: joinClean([clean(standIn.word), text]), style: 'dim' }
    }
  }
  return readingCell(reading, metric, width, theme)
}
