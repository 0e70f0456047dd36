import { describe, expect, test } from 'vitest'
import { metricOf } from '../../../source/metrics/catalogue.ts'
import type { Band } from '../../../source/metrics/metric.ts'
import { misbanded } from './standings.ts'

// Raised at 90 for 3 s, left below 85 for 10 s.
const fill = metricOf('conntrack.fill')
const readings = (...values: readonly (readonly [number, Band])[]) =>
  values.map(([value, band], at) => ({ at, value, band, mayRaise: true }))

const times = <T>(count: number, one: T): readonly T[] => Array.from({ length: count }, () => one)

describe('bands that follow their figures', () => {
  test('have no fault', () => {
    const rise = [...times(3, [95, 'ok'] as const), ...times(4, [95, 'critical'] as const)]
    expect(misbanded(readings(...rise, ...times(10, [20, 'critical'] as const), [20, 'ok']), fill)).toEqual([])
  })

  test.each([
    ['early', 'critical comes early', [...times(3, [80, 'ok'] as const), [80, 'critical'] as const]],
    ['never', 'critical does not come', times(6, [95, 'warning'] as const)],
    ['for ever', 'critical does not go', [[95, 'critical'] as const, ...times(15, [20, 'critical'] as const)]],
  ] as const)('do not come %s', (_, fault, values) => {
    expect(misbanded(readings(...values), fill).some((said) => said.startsWith(fault))).toBe(true)
  })
})
