import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../source/config/file.ts'
import { mergeThresholds } from '../../source/config/thresholds.ts'
import { metricOf } from '../../source/metrics/catalogue.ts'

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

  it.each([
    ['rtt.p50: {critical: {raise: 300}}', 'kntop has no such level here: write both raise and clear'],
    ['conntrack.time_to_full: {warning: {clear: 60}}', 'clear (60) is below raise (900), but lower is worse'],
    ['conntrack.entries: {warning: {raise: 9, clear: 8}}', 'this metric has no bad direction'],
    ['conntrack.fill: {critical: {raise: 110}}', '110 is not within 0 to 100'],
  ])('refuse %s', (text, message) => {
    expect(() => merged(`thresholds: {${text}}`)).toThrow(message)
  })
})
