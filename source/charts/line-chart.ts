import type { Clean } from '../text/clean.ts'
import type { Style } from '../text/colour.ts'
import { type GlyphLevel, type Glyphs, glyphsFor } from '../text/glyphs.ts'
import type { Unit } from '../text/units.ts'
import { asAscii, wholeCells, widthOf } from '../text/width.ts'
import { drawTimeAxis, drawValueAxis, gutter, type Plot } from './axes.ts'
import { type Buckets, bucketise, type Series } from './buckets.ts'
import { type Canvas, createCanvas, type Line } from './canvas.ts'
import { levelOf, rangeOf, type Scale, scaleFor } from './scale.ts'
import { trace } from './trace.ts'

export interface Threshold {
  /** In the unit of the chart. */
  readonly value: number
  readonly style: Style
  /** The state in words, `critical 95%`: written into the line where there is room. */
  readonly label?: Clean | undefined
}

export interface LineChart extends Series {
  /** Cells; the chart is exactly this wide and high. */
  readonly width: number
  readonly height: number
  readonly unit: Unit
  readonly thresholds?: readonly Threshold[] | undefined
  readonly glyphs: GlyphLevel
  /** Fixed ends of the axis; an end that is left out follows the data. */
  readonly scale?: { readonly min?: number | undefined; readonly max?: number | undefined } | undefined
  /** The time that the values cover, in seconds. */
  readonly seconds: number
  readonly style?: Style | undefined
}

/**
 * The axis of a chart: the fixed ends, else round ends around the data. A threshold up to twice the greatest value is
 * taken in, so that its line is seen before it is reached; a farther one would flatten the data.
 */
const scaleOf = ({ scale, thresholds = [] }: LineChart, { low, high }: Buckets): Scale => {
  const greatest = rangeOf(high)?.max ?? 0
  const near = thresholds.map(({ value }) => value).filter((value) => value > 0 && value <= 2 * greatest)
  const floor = Number.isFinite(scale?.min) ? scale?.min : undefined
  const free = scaleFor([...low, ...high, ...near], floor === undefined ? {} : { floor })
  const min = floor ?? free.min
  const max = scale?.max !== undefined && Number.isFinite(scale.max) && scale.max > min ? scale.max : free.max
  return { min, max: max > min ? max : min + 1 }
}

const drawLine = (canvas: Canvas, plot: Plot, buckets: Buckets, scale: Scale, glyphs: Glyphs, style: Style): void => {
  const level = (value: number): number => (Number.isFinite(value) ? levelOf(value, scale, plot.height) : Number.NaN)
  const drawn = trace(buckets.mean.map(level), plot.height, glyphs.chart.line)
  for (let column = 0; column < plot.width; column += 1) {
    const [lowest, highest] = [level(buckets.low[column] ?? Number.NaN), level(buckets.high[column] ?? Number.NaN)]
    for (let row = 0; row < plot.height; row += 1) {
      const symbol = drawn[row]?.[column]
      const height = plot.height - 1 - row
      if (symbol) canvas.put(row, plot.left + column, symbol, style)
      else if (height >= lowest && height <= highest) canvas.put(row, plot.left + column, glyphs.chart.extent, style)
    }
  }
}

const drawThreshold = (canvas: Canvas, plot: Plot, threshold: Threshold, scale: Scale, glyphs: Glyphs): void => {
  const { value, style, label } = threshold
  if (!(value >= scale.min && value <= scale.max)) return
  const row = plot.height - 1 - levelOf(value, scale, plot.height)
  const symbol = glyphs.chart.threshold
  for (let column = plot.left; column < plot.left + plot.width; column += 1) {
    const here = canvas.read(row, column, 1)
    if (here === ' ' || here === symbol) canvas.put(row, column, symbol, style)
  }
  const width = label ? widthOf(label) : 0
  if (!label || width + 2 > plot.width / 2) return
  const starts = [plot.left + 1, plot.left + plot.width - width - 1]
  const start = starts.find((start) => canvas.read(row, start, width) === symbol.repeat(width))
  if (start !== undefined) canvas.write(row, start, label, style)
}

/**
 * A line chart of exactly `height` lines of exactly `width` cells, whatever the data: axis in the unit, time below, gaps as
 * gaps. A column that stands for several values shows their mean in the line and their extremes as a dotted upright.
 * Threshold lines run where the data is not. Below 24 cells there is no axis, below 4 lines no time. At level `ascii`
 * everything is ASCII.
 */
export const lineChart = (options: LineChart): readonly Line[] => {
  const [width, height] = [wholeCells(options.width), wholeCells(options.height)]
  const glyphs = glyphsFor(options.glyphs)
  const canvas = createCanvas(width, height)
  const left = width >= 24 ? gutter : 0
  const plot: Plot = { left, width: width - left, height: height >= 4 ? height - 1 : height }
  const buckets = bucketise(options, plot.width)
  const scale = scaleOf(options, buckets)
  drawLine(canvas, plot, buckets, scale, glyphs, options.style ?? 'chart1')
  for (const threshold of options.thresholds ?? []) {
    const label = options.glyphs === 'ascii' && threshold.label ? asAscii(threshold.label) : threshold.label
    drawThreshold(canvas, plot, { ...threshold, label }, scale, glyphs)
  }
  if (left > 0) drawValueAxis(canvas, plot, scale, options.unit, glyphs)
  if (height > plot.height) drawTimeAxis(canvas, plot.height, plot, options.seconds)
  return canvas.lines()
}
