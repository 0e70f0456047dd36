import { type Clean, clean, joinClean } from '../text/clean.ts'
import type { Glyphs } from '../text/glyphs.ts'
import { formatValue, type Unit, valueWidth } from '../text/units.ts'
import { fit, widthOf } from '../text/width.ts'
import type { Canvas } from './canvas.ts'
import { levelOf, type Scale } from './scale.ts'
import { ticksFor, timeStep } from './ticks.ts'

/** The part of the canvas that holds the line itself. */
export interface Plot {
  readonly left: number
  readonly width: number
  readonly height: number
}

/** Cells left of the line: a figure and the axis. Constant, so that a panel does not jump with its figures. */
export const gutter = valueWidth + 1

/** Draws the axis in the gutter: a figure at both ends and on about every third row between. */
export const drawValueAxis = (canvas: Canvas, plot: Plot, scale: Scale, unit: Unit, glyphs: Glyphs): void => {
  const labels = new Map<number, Clean>()
  for (const tick of ticksFor(scale, unit, Math.ceil(plot.height / 3))) {
    const label = formatValue(tick, unit)
    const row = plot.height - 1 - levelOf(tick, scale, plot.height)
    const crowded = [row - 1, row, row + 1].some((row) => labels.has(row))
    // A narrow range far from 0 would show one figure on several rows.
    if (!crowded && ![...labels.values()].includes(label)) labels.set(row, label)
  }
  for (let row = 0; row < plot.height; row += 1) {
    const label = labels.get(row)
    if (label) canvas.write(row, 0, fit(label, valueWidth, 'right'), 'dim')
    canvas.put(row, plot.left - 1, label ? glyphs.chart.tick : glyphs.chart.axis, 'border')
  }
}

/** Writes how long ago under the columns: the window's length at the left, `now` at the right, round times between. */
export const drawTimeAxis = (canvas: Canvas, row: number, plot: Plot, seconds: number): void => {
  if (!(seconds > 0) || !Number.isFinite(seconds)) return
  const place = (ago: number): void => {
    const label = ago > 0 ? joinClean([clean('-'), formatValue(ago, 's')]) : clean('now')
    const width = widthOf(label)
    const middle = plot.left + (plot.width - 1) * (1 - ago / seconds)
    const start = Math.max(plot.left, Math.min(plot.left + plot.width - width, Math.round(middle - width / 2)))
    if (start + width > plot.left + plot.width) return
    // A blank on both sides keeps two labels from reading as one.
    if (canvas.read(row, start - 1, width + 2).trim() === '') canvas.write(row, start, label, 'dim')
  }
  place(0)
  place(seconds)
  const step = timeStep(seconds, plot.width / 12) ?? seconds
  for (let ago = step; ago < seconds; ago += step) place(ago)
}
