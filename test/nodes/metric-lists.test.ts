import { expect, test } from 'vitest'
import type { MetricId } from '../../source/metrics/catalogue.ts'
import { createMetricLists } from '../../source/nodes/metric-lists.ts'

const metrics: readonly MetricId[] = ['cpu.busy', 'cpu.steal', 'conntrack.fill']

test('the same metrics in the same order are one list, whatever the array that they come in holds behind them', () => {
  const listOf = createMetricLists()
  const first = listOf(metrics, 2)
  expect(first).toEqual(['cpu.busy', 'cpu.steal'])
  expect(listOf(['cpu.busy', 'cpu.steal', 'rtt.p50'], 2)).toBe(first)
  expect(listOf(['cpu.steal', 'cpu.busy'], 2)).not.toEqual(first)
})

test('a list is not the array that it came in, which is written again', () => {
  const given = [...metrics]
  const list = createMetricLists()(given, 3)
  given[0] = 'rtt.p50'
  expect(list).toEqual(metrics)
})

test('kept are so many as nodes of a few kinds have; beyond them a list is right, and a new one', () => {
  const listOf = createMetricLists()
  const all = Array.from({ length: 100 }, (_, count) => Array.from({ length: count }, (): MetricId => 'cpu.busy'))
  const kept = all.map((list) => listOf(list, list.length)).filter((list) => listOf(list, list.length) === list)
  expect(kept).toHaveLength(64)
})
