import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Missing } from '../../source/events/origin.ts'
import { absences, figureCell, readingCell } from '../../source/interface/figure-cell.ts'
import { createTheme } from '../../source/interface/theme.ts'
import { catalogue } from '../../source/metrics/catalogue.ts'
import type { Band } from '../../source/metrics/metric.ts'
import type { Figure, Reading } from '../../source/store/reading.ts'
import { createStore } from '../../source/store/store.ts'
import { clean } from '../../source/text/clean.ts'
import { formatValue } from '../../source/text/units.ts'
import { widthOf } from '../../source/text/width.ts'
import { clock, link, origin, sample, source, worker } from '../store/events.ts'
import { anyFigure } from '../text/arbitraries.ts'

const theme = createTheme('none', 'block')
const figure = (value: number, more: Partial<Figure> = {}): Figure => ({
  kind: 'live',
  value,
  age: 0.4,
  tier: clean('proc'),
  scope: 'host',
  band: 'ok',
  ...more,
})
const missing = (missing: Missing): Reading => ({ kind: 'missing', missing, advice: clean('because') })
const cell = (reading: Reading, width = 7) => readingCell(reading, 'conntrack.fill', width, theme)

describe('a figure in a cell', () => {
  test.each([
    ['ok', '97.4', 'ok'],
    ['note', '•97.4', 'note'],
    ['warning', '△97.4', 'warning'],
    ['critical', '▲97.4', 'critical'],
  ] as const)('in band %s shows its symbol and is of that style', (band: Band, text, style) => {
    expect(cell(figure(97.4, { band }))).toEqual({ text, style })
  })

  test('that is stale shows that, whatever band it was in', () => {
    expect(cell(figure(97.4, { kind: 'stale', band: 'critical' }))).toEqual({ text: '~97.4', style: 'stale' })
  })

  test('beyond its histogram says on which side', () => {
    expect(cell(figure(20, { bound: 'above' })).text).toBe('>20')
    expect(cell(figure(20, { bound: 'below', band: 'warning' })).text).toBe('△<20')
  })

  test('leaves the sign of its unit to the heading, unless asked', () => {
    expect(cell(figure(0)).text).toBe('0')
    expect(readingCell(figure(0), 'conntrack.fill', 7, theme, formatValue).text).toBe('0%')
  })

  test('of 0 is 0, and a missing one never is', () => {
    for (const reason of Object.keys(absences) as Missing[]) {
      const { text, style } = cell(missing(reason))
      expect(style).toBe('missing')
      expect(text).not.toMatch(/\d/)
    }
  })

  test('fits into every column that the catalogue has for it', () => {
    const band = fc.constantFrom<Band>('ok', 'note', 'warning', 'critical')
    const bound = fc.constantFrom<Partial<Figure>>({}, { bound: 'above' }, { bound: 'below' })
    for (const { id, column } of catalogue) {
      if (column === undefined) continue
      for (const { short } of Object.values(absences)) expect(short.length).toBeLessThanOrEqual(column.width)
      fc.assert(
        fc.property(anyFigure(), band, bound, fc.constantFrom('live', 'stale'), (value, band, bound, kind) => {
          const { text } = readingCell(figure(value, { band, kind, ...bound }), id, column.width, theme)
          expect(widthOf(text)).toBeLessThanOrEqual(column.width)
        }),
        { numRuns: 30 },
      )
    }
  })
})

describe('a percentile without enough observations', () => {
  const nodeWith = (...events: Parameters<ReturnType<typeof createStore>['apply']>[0]) => {
    const store = createStore()
    store.apply([link(0, 'live'), ...events, clock(10)])
    const node = store.snapshot().nodes.get(worker)
    if (node === undefined) throw new Error('the node is not there')
    return node
  }
  const few = origin('fdatasync.p99', { missing: 'no-data', advice: clean('120 of 500 observations') })

  test('gives its place to what stands in for it, marked so', () => {
    const node = nodeWith(few, origin('fdatasync.max', source('probe')), sample(10, 'fdatasync.max', 9))
    expect(figureCell(node, 'fdatasync.p99', 8, theme)).toEqual({ text: 'max9ms', style: 'dim' })
  })

  test('is missing where nothing stands in', () => {
    expect(figureCell(nodeWith(few), 'fdatasync.p99', 8, theme)).toEqual({ text: '?', style: 'missing' })
  })

  test('is missing for its own reason where it was not asked for', () => {
    const off = origin('fdatasync.p99', { missing: 'not-asked', advice: clean('key w') })
    const node = nodeWith(off, origin('fdatasync.max', source('probe')), sample(10, 'fdatasync.max', 9))
    expect(figureCell(node, 'fdatasync.p99', 8, theme)).toEqual({ text: 'off', style: 'missing' })
  })
})
