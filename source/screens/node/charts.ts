import { lineChart } from '../../charts/line-chart.ts'
import { readingCell } from '../../interface/figure-cell.ts'
import { fitHeight, fitLine, segment } from '../../interface/lines.ts'
import type { Size } from '../../interface/screen.ts'
import type { Theme } from '../../interface/theme.ts'
import { type MetricId, metricOf } from '../../metrics/catalogue.ts'
import { bands } from '../../metrics/metric.ts'
import type { NodeView, Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import { type Painted, row, type Segment, type Style } from '../../text/colour.ts'
import { formatValue } from '../../text/units.ts'
import { blanks, wrap } from '../../text/width.ts'

/** One chart: the first of its metrics that has figures is drawn, and named; two of them are never mixed in one line. */
export interface Panel {
  readonly metrics: readonly [MetricId, ...MetricId[]]
  readonly style: Style
}

/** The four suspects. */
export const panels: readonly Panel[] = [
  { metrics: ['conntrack.fill', 'conntrack.entries'], style: 'chart1' },
  { metrics: ['fdatasync.p99', 'fdatasync.mean', 'flush.mean'], style: 'chart2' },
  { metrics: ['dns.lookups', 'udp.datagrams_out'], style: 'chart3' },
  { metrics: ['rtt.p50'], style: 'chart4' },
]

/** What a panel draws now: a metric with a figure before one without. */
export const metricOfPanel = (node: NodeView, { metrics }: Panel): MetricId =>
  metrics.find((metric) => node.reading(metric).kind !== 'missing') ?? metrics[0]

const thresholds = (snapshot: Snapshot, metric: MetricId) =>
  bands.flatMap((band) => {
    const level = band === 'ok' ? undefined : snapshot.levels(metric)[band]
    return level === undefined || band === 'ok'
      ? []
      : [
          {
            value: level.raise,
            style: band,
            label: clean(`${band} ${formatValue(level.raise, metricOf(metric).unit)}`),
          },
        ]
  })

const heading = (node: NodeView, metric: MetricId, chosen: boolean, theme: Theme): readonly Segment[] => {
  const reading = node.reading(metric)
  const cell = readingCell(reading, metric, 12, theme)
  const band =
    reading.kind === 'missing'
      ? ''
      : reading.kind === 'stale'
        ? ' stale'
        : reading.band === 'ok'
          ? ''
          : ` ${reading.band}`
  return [
    segment(`${chosen ? theme.glyphs.cursor : ' '}${metricOf(metric).title} `, 'title'),
    cell,
    segment(band, cell.style),
  ]
}

/** Why there is no chart, in its place. */
const absence = (advice: string, size: Size, theme: Theme): readonly Painted[] =>
  wrap(clean(advice), size.columns - 4).map((line) =>
    fitLine([segment('  '), { text: line, style: 'missing' }], size.columns, theme),
  )

interface Drawing {
  readonly snapshot: Snapshot
  readonly node: NodeView
  readonly seconds: number
  readonly theme: Theme
}

/** A heading and a chart, exactly as large as given; the metric's history over the window, in seconds. */
const drawPanel = (
  { snapshot, node, seconds, theme }: Drawing,
  panel: Panel,
  chosen: boolean,
  size: Size,
): readonly Painted[] => {
  const metric = metricOfPanel(node, panel)
  const reading = node.reading(metric)
  const title = fitLine(heading(node, metric, chosen, theme), size.columns, theme)
  const series = snapshot.series(node.name, metric, seconds)
  if (reading.kind === 'missing' && series.values.every(Number.isNaN))
    return fitHeight([title, ...absence(`${reading.missing}: ${reading.advice}`, size, theme)], size.rows, size.columns)
  const { unit, scale } = metricOf(metric)
  const lines = lineChart({
    ...series,
    width: size.columns,
    height: size.rows - 1,
    unit,
    thresholds: thresholds(snapshot, metric),
    glyphs: theme.level,
    scale: scale ?? { min: 0 },
    seconds,
    style: panel.style,
  })
  return fitHeight([title, ...lines.map((line) => fitLine(line, size.columns, theme))], size.rows, size.columns)
}

const gap = 2

/** The four suspects as charts, two by two; one below the other where the terminal is narrow. */
export const drawPanels = (
  snapshot: Snapshot,
  node: NodeView,
  { seconds, chosen }: { readonly seconds: number; readonly chosen: number | undefined },
  size: Size,
  theme: Theme,
): readonly Painted[] => {
  const drawing: Drawing = { snapshot, node, seconds, theme }
  const across = size.columns >= 70 ? 2 : 1
  const down = panels.length / across
  const width = Math.floor((size.columns - gap * (across - 1)) / across)
  const height = Math.max(3, Math.floor(size.rows / down))
  const lines = Array.from({ length: down }, (_, line) => {
    const here = panels.slice(line * across, (line + 1) * across)
    const drawn = here.map((panel) =>
      drawPanel(drawing, panel, panels.indexOf(panel) === chosen, { columns: width, rows: height }),
    )
    return Array.from({ length: height }, (_, index) =>
      row(
        ...drawn.flatMap((one, place) => [place === 0 ? clean('') : blanks(gap), one[index] ?? blanks(width)]),
        blanks(size.columns - across * width - gap * (across - 1)),
      ),
    )
  })
  return fitHeight(lines.flat(), size.rows, size.columns)
}
