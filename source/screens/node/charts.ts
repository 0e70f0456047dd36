import { lineChart } from '../../charts/line-chart.ts'
import { fitHeight, fitLine, segment, wrapInto } from '../../interface/lines.ts'
import { readingWords } from '../../interface/reading-lines.ts'
import type { Size } from '../../interface/screen.ts'
import { clamp } from '../../interface/table/table-state.ts'
import type { Theme } from '../../interface/theme.ts'
import { type MetricId, metricOf } from '../../metrics/catalogue.ts'
import { levelNames } from '../../metrics/metric.ts'
import type { NodeView, Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import { lineText, type Painted, row, type Style } from '../../text/colour.ts'
import { formatValue } from '../../text/units.ts'
import { blanks, fit, widthOf } from '../../text/width.ts'

/** One chart: the first of its metrics that has figures is drawn, and named; two of them are never mixed in one line. */
export interface Panel {
  readonly metrics: readonly [MetricId, ...MetricId[]]
  readonly style: Style
}

/** The four suspects. */
export const panels: readonly Panel[] = [
  { metrics: ['conntrack.fill', 'conntrack.entries'], style: 'chart1' },
  { metrics: ['fdatasync.mean', 'fdatasync.p99', 'flush.mean'], style: 'chart2' },
  { metrics: ['dns.lookups', 'udp.datagrams_out'], style: 'chart3' },
  { metrics: ['rtt.p50'], style: 'chart4' },
]

/** The panel of the same signal as a metric; the first where there is none. */
export const panelOf = (metric: MetricId): number =>
  Math.max(
    0,
    panels.findIndex(({ metrics }) => metricOf(metrics[0]).signal === metricOf(metric).signal),
  )

/** What a panel draws now: a metric with a figure before one without. */
export const metricOfPanel = (node: NodeView, { metrics }: Panel): MetricId =>
  metrics.find((metric) => node.reading(metric).kind !== 'missing') ?? metrics[0]

const thresholds = (snapshot: Snapshot, metric: MetricId) =>
  levelNames.flatMap((band) => {
    const level = snapshot.levels(metric)[band]
    return level === undefined
      ? []
      : [
          {
            value: level.raise,
            style: band,
            label: clean(`${band} ${formatValue(level.raise, metricOf(metric).unit)}`),
          },
        ]
  })

/** Name and value of a chart; where not all charts fit, which one it is. The name gives way to the value. */
const heading = (node: NodeView, metric: MetricId, place: string | undefined, width: number, theme: Theme): Painted => {
  const mark = segment(place === undefined ? ' ' : theme.glyphs.cursor, 'title')
  const words = readingWords(node.reading(metric), metric)
  const count = segment(place ?? '', 'dim')
  const title = clean(metricOf(metric).title)
  const room = Math.max(0, width - widthOf(lineText([words, count])) - 2)
  const name = fit(title, Math.min(room, widthOf(title)), 'left', theme.glyphs.ellipsis)
  return fitLine([mark, { text: name, style: 'title' }, segment(' '), words, count], width, theme)
}

/** Lines of an advice in place of a chart; x shows all of it. */
const mostAdvice = 3

/** Why there is no chart, in its place. */
const absence = (advice: string, size: Size, theme: Theme): readonly Painted[] =>
  wrapInto(clean(advice), size.columns - 4, mostAdvice).map((line) =>
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
  place: string | undefined,
  size: Size,
): readonly Painted[] => {
  const metric = metricOfPanel(node, panel)
  const reading = node.reading(metric)
  const title = heading(node, metric, place, size.columns, theme)
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

/** Rows of a chart below which nothing can be read from it: its heading, three of drawing, and the time. */
const leastRows = 5

/** How the charts stand: so many beside each other, and so many of their rows to be seen. */
export interface Grid {
  readonly across: number
  readonly down: number
  readonly chart: Size
}

/** Two by two; one below the other where the terminal is narrow, and fewer at a time where it is low. */
export const gridOf = (size: Size): Grid => {
  const across = size.columns >= 70 ? 2 : 1
  const down = clamp(Math.floor(size.rows / leastRows), 1, panels.length / across)
  const columns = Math.floor((size.columns - gap * (across - 1)) / across)
  return { across, down, chart: { columns, rows: Math.floor(size.rows / down) } }
}

/** The four suspects as charts, those around the chosen one where not all fit. */
export const drawPanels = (
  snapshot: Snapshot,
  node: NodeView,
  { seconds, chosen }: { readonly seconds: number; readonly chosen: number | undefined },
  size: Size,
  theme: Theme,
): readonly Painted[] => {
  const drawing: Drawing = { snapshot, node, seconds, theme }
  const { across, down, chart } = gridOf(size)
  const first = clamp(Math.floor((chosen ?? 0) / across), 0, panels.length / across - down) * across
  const count = across * down < panels.length ? `  ${(chosen ?? 0) + 1} of ${panels.length}` : ''
  const lines = Array.from({ length: down }, (_, line) => {
    const from = first + line * across
    const drawn = panels
      .slice(from, from + across)
      .map((panel, index) => drawPanel(drawing, panel, from + index === chosen ? count : undefined, chart))
    return Array.from({ length: chart.rows }, (_, index) =>
      row(
        ...drawn.flatMap((one, place) => [place === 0 ? clean('') : blanks(gap), one[index] ?? blanks(chart.columns)]),
        blanks(size.columns - across * chart.columns - gap * (across - 1)),
      ),
    )
  })
  return fitHeight(lines.flat(), size.rows, size.columns)
}
