import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { NodeName } from '../../../source/events/subject.ts'
import { createTheme } from '../../../source/interface/theme.ts'
import { drawPanels, gridOf, metricOfPanel, panelOf, panels } from '../../../source/screens/node/charts.ts'
import { createStore } from '../../../source/store/store.ts'
import { paintedWidth, unpainted } from '../../../source/text/colour.ts'
import { arrival, clock, origin, reading } from '../../scenarios/cluster.ts'

const node = 'worker-1' as NodeName
const theme = createTheme('none', 'block')

const snapshotOf = () => {
  const store = createStore()
  store.apply([...arrival(node, 1), origin(node, 'dns.lookups', 'tcpdump')])
  for (let second = 1; second <= 60; second++)
    store.apply([reading(node, second, { 'dns.lookups': 400 + second }), clock(second)])
  return store.snapshot()
}
const snapshot = snapshotOf()
const view = snapshot.nodes.get(node)

const size = fc.record({ columns: fc.integer({ min: 36, max: 246 }), rows: fc.integer({ min: 1, max: 70 }) })
const chosen = fc.option(fc.integer({ min: 0, max: panels.length - 1 }), { nil: undefined })

const drawn = (at: { columns: number; rows: number }, chosen: number | undefined): readonly string[] =>
  view === undefined ? [] : drawPanels(snapshot, view, { seconds: 300, chosen }, at, theme).map(unpainted)

describe('the charts of a node', () => {
  test('fill exactly what they are given', () => {
    fc.assert(
      fc.property(size, chosen, (at, chosen) => {
        if (view === undefined) throw new Error('the node is not there')
        const lines = drawPanels(snapshot, view, { seconds: 300, chosen }, at, theme)
        expect(lines.map(paintedWidth)).toEqual(Array.from({ length: at.rows }, () => at.columns))
      }),
    )
  })

  test('always show the chosen one, with its value', () => {
    fc.assert(
      fc.property(size, fc.integer({ min: 0, max: panels.length - 1 }), (at, chosen) => {
        const values = ['12%', '0ms', '460/s', '0.31ms']
        const line = drawn(at, chosen).find((one) => one.includes('▌')) ?? ''
        expect(line.slice(line.indexOf('▌'))).toMatch(values[chosen] ?? 'no such chart')
      }),
    )
  })

  test('are drawn high enough to be read, fewer at a time where it is low', () => {
    fc.assert(
      fc.property(size, ({ columns, rows }) => {
        const { across, down, chart } = gridOf({ columns, rows })
        expect(across * down).toBeLessThanOrEqual(panels.length)
        expect(down === 1 || chart.rows >= 5).toBe(true)
        expect(across * chart.columns).toBeLessThanOrEqual(columns)
        expect(down * chart.rows).toBeLessThanOrEqual(rows)
      }),
    )
  })

  test('are found by the signal of a figure', () => {
    const places = (['conntrack.drop', 'fdatasync.p99', 'dns.nxdomain_share', 'tcp.resets', 'cpu.busy'] as const).map(
      panelOf,
    )
    expect(places).toEqual([0, 1, 2, 3, 0])
  })

  test('prefer a figure that is taken, in the order in which they say most', () => {
    const chosen = panels.map((panel) => (view === undefined ? undefined : metricOfPanel(view, panel)))
    expect(chosen).toEqual(['conntrack.fill', 'flush.mean', 'dns.lookups', 'rtt.p50'])
  })
})
