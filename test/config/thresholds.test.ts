import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../source/config/file.ts'
import { mergeThresholds } from '../../source/config/thresholds.ts'
import { catalogue, metricOf } from '../../source/metrics/catalogue.ts'

const merged = (...texts: readonly string[]) =>
  mergeThresholds(texts.map((text, index) => parseConfig(text, `file${index}`).base.thresholds)).thresholds

describe('thresholds', () => {
  it('change what was written and leave the rest as the catalogue has it', () => {
    const { warning, ...others } = metricOf('conntrack.fill').levels
    expect(merged('thresholds: {conntrack.fill: {warning: {raise: 85}}}')).toEqual({
      'conntrack.fill': { ...others, warning: { ...warning, raise: 85, origin: 'set in file0:1' } },
    })
  })

  it('of a later layer win, and name its file', () => {
    const first = 'thresholds: {conntrack.fill: {warning: {raise: 85, hold: 7}}}'
    const second = '\nthresholds: {conntrack.fill: {warning: {raise: 86}}}'
    expect(merged(first, second)['conntrack.fill']?.warning).toEqual({
      ...{ raise: 86, clear: 75, hold: 7, linger: 10, origin: 'set in file1:2' },
    })
  })

  it('make a level that the catalogue lacks from both its lines', () => {
    const { critical } = merged('thresholds: {rtt.p50: {critical: {raise: 300, clear: 250}}}')['rtt.p50'] ?? {}
    expect(critical).toEqual({ raise: 300, clear: 250, hold: 5, linger: 30, origin: 'set in file0:1' })
  })

  it('of a metric where lower is worse turn round', () => {
    const text = 'thresholds: {conntrack.time_to_full: {warning: {raise: 1800, clear: 2400}}}'
    expect(merged(text)['conntrack.time_to_full']?.warning?.raise).toBe(1800)
  })

  it('move all levels of a metric at once, past where the catalogue had the next one', () => {
    const text = 'thresholds: {conntrack.fill: {warning: {raise: 95, clear: 94}, critical: {raise: 99, clear: 98}}}'
    expect(merged(text)['conntrack.fill']?.critical?.raise).toBe(99)
  })

  it('may warn before the catalogue notes', () => {
    const { note, warning } =
      merged('thresholds: {conntrack.fill: {warning: {raise: 60, clear: 50}}}')['conntrack.fill'] ?? {}
    expect([note?.raise, warning?.raise]).toEqual([70, 60])
  })

  it('may be entered at one and the same value', () => {
    expect(merged('thresholds: {conntrack.fill: {warning: {raise: 90}}}')['conntrack.fill']?.warning?.raise).toBe(90)
  })

  it('of the catalogue stand in the order that is asked of others', () => {
    for (const { id, levels } of catalogue) {
      const written = Object.entries(levels).map(
        ([name, { raise, clear }]) => `${name}: {raise: ${raise}, clear: ${clear}}`,
      )
      if (written.length === 0) continue
      expect(Object.keys(merged(`thresholds: {${id}: {${written.join(', ')}}}`))).toEqual([id])
    }
  })

  it.each([
    ['rtt.p50: {critical: {raise: 300}}', 'kntop has no such level here: write both raise and clear'],
    ['conntrack.time_to_full: {warning: {clear: 60}}', 'clear (60) is below raise (900), but lower is worse'],
    ['conntrack.entries: {warning: {raise: 9, clear: 8}}', 'this metric has no bad direction'],
    ['conntrack.fill: {critical: {raise: 110}}', '110 is not within 0 to 100'],
    [
      'conntrack.fill: {warning: {raise: 95}}',
      'file0:1: thresholds.conntrack.fill.warning: raise of warning (95) is above that of critical (90)',
    ],
    [
      'conntrack.fill: {critical: {raise: 75, clear: 72}}',
      'file0:1: thresholds.conntrack.fill.critical: raise of warning (80) is above that of critical (75)',
    ],
    [
      'rtt.p50: {note: {raise: 30, clear: 30}, warning: {raise: 20, clear: 20}}',
      'file0:1: thresholds.rtt.p50.note: raise of note (30) is above that of warning (20)',
    ],
    [
      'conntrack.time_to_full: {critical: {raise: 1000, clear: 2000}}',
      'raise of warning (900) is below that of critical (1000), but lower is worse: write a raise of at least 1000',
    ],
  ])('refuse %s', (text, message) => {
    expect(() => merged(`thresholds: {${text}}`)).toThrow(message)
  })
})
