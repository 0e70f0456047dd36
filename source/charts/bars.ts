import { type Clean, joinClean } from '../text/clean.ts'
import { type GlyphLevel, type Glyphs, glyphsFor } from '../text/glyphs.ts'
import { formatValue } from '../text/units.ts'
import { asAscii, blanks, fit, repeat, wholeCells, widthOf } from '../text/width.ts'
import { type Scale, scaleFor, shareOf } from './scale.ts'

export interface Gauge {
  /** Cells. */
  readonly width: number
  readonly glyphs: GlyphLevel
  readonly scale: Scale
}

const bar = (share: number, width: number, { bar, track }: Glyphs): Clean => {
  const parts = Math.round(share * width * bar.length)
  const full = Math.floor(parts / bar.length)
  const last = bar[(parts % bar.length) - 1]
  const filled = [repeat(bar.at(-1) ?? track, full), ...(last ? [last] : [])]
  return joinClean([...filled, repeat(track, width - full - (last ? 1 : 0))])
}

/** One value as a bar of exactly `width` cells on a visible track; a missing value has not even the track. */
export const gauge = (value: number, { width, glyphs, scale }: Gauge): Clean => {
  const cells = wholeCells(width)
  return Number.isFinite(value) ? bar(shareOf(value, scale), cells, glyphsFor(glyphs)) : blanks(cells)
}

export interface Bin {
  readonly label: Clean
  readonly count: number
}

/**
 * A histogram lying on its side: exactly `height` lines of exactly `width` cells, one bin each from the top: label, bar,
 * count. All bars share one scale from 0. Bins without a line of their own are left out.
 */
export const histogram = (bins: readonly Bin[], width: number, height: number, level: GlyphLevel): readonly Clean[] => {
  const cells = wholeCells(width)
  const glyphs = glyphsFor(level)
  const labelled = bins.map(({ label, count }) => ({ label: level === 'ascii' ? asAscii(label) : label, count }))
  const scale = scaleFor(bins.map(({ count }) => count))
  const labelWidth = Math.min(Math.floor(cells / 3), Math.max(0, ...labelled.map(({ label }) => widthOf(label))))
  return Array.from({ length: wholeCells(height) }, (_, index) => {
    const bin = labelled[index]
    if (!bin) return blanks(cells)
    const label = fit(bin.label, labelWidth, 'right', glyphs.ellipsis)
    const drawn = gauge(bin.count, { width: cells - labelWidth - 10, glyphs: level, scale })
    const line = joinClean([label, drawn, fit(formatValue(bin.count, 'count'), 7, 'right')], ' ')
    return fit(line, cells, 'left', glyphs.ellipsis)
  })
}
