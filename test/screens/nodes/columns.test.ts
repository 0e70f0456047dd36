import { describe, expect, test } from 'vitest'
import type { NodeName } from '../../../source/events/subject.ts'
import { createTheme } from '../../../source/interface/theme.ts'
import { catalogue } from '../../../source/metrics/catalogue.ts'
import { probes } from '../../../source/nodes/probes.ts'
import { nodeColumns } from '../../../source/screens/nodes/columns.ts'
import { metricOfColumn, nodeTable } from '../../../source/screens/nodes/rows.ts'
import { createStore } from '../../../source/store/store.ts'
import { widthOf } from '../../../source/text/width.ts'
import { arrival, clock, link, reading } from '../../scenarios/cluster.ts'

const names = ['worker-1', 'worker-10', 'worker-2'] as readonly string[] as readonly NodeName[]

const snapshotOf = (nodes: readonly NodeName[] = names) => {
  const store = createStore()
  store.apply([...nodes.flatMap((node) => [...arrival(node, 1), reading(node, 1)]), clock(1)])
  return store.snapshot()
}

describe('the columns of the node table', () => {
  const columns = nodeColumns(snapshotOf())

  test('are those that the catalogue names, between the name and the age', () => {
    const named = catalogue.flatMap(({ id, column }) => (column === undefined ? [] : [id]))
    const shown = columns.map(({ id }) => metricOfColumn(id)).filter((id) => id !== undefined)
    expect([...new Set(shown)]).toEqual(named)
    expect([columns[0]?.heading, columns.at(-1)?.heading]).toEqual(['NODE', 'AGE'])
  })

  test('are only those that some probe can fill', () => {
    const taken = new Set(probes.flatMap(({ tiers }) => tiers.flatMap(({ metrics }) => metrics)))
    for (const { id, column } of catalogue.filter((metric) => metric.column !== undefined))
      expect(taken.has(id), `${column?.heading} (${id})`).toBe(true)
  })

  test('hold their heading and the arrow beside it', () => {
    for (const { heading, width, id } of columns) expect(heading.length, id).toBeLessThan(width)
  })

  test('draw nothing wider than their width, whatever state a node is in', () => {
    const theme = createTheme('none', 'block')
    for (const state of ['live', 'connecting', 'no-data', 'lost', 'denied', 'backing-off'] as const) {
      const store = createStore()
      const node = 'worker-1' as NodeName
      store.apply([...arrival(node, 1), reading(node, 1), link(node, 2, state, 'because'), clock(100_000)])
      for (const { cell, width, id } of columns.filter((column) => column.id !== 'kernel.release'))
        expect(widthOf(cell(store.snapshot(), node, width, theme).text), `${id} ${state}`).toBeLessThanOrEqual(width)
    }
  })
})

describe('the rows of the node table', () => {
  test('stand by name, as people count, where nothing is wrong', () => {
    const snapshot = snapshotOf()
    expect(nodeTable.rows(snapshot)).toEqual(['worker-1', 'worker-2', 'worker-10'])
    expect(nodeTable.defaultOrder(snapshot, nodeTable.rows(snapshot))).toEqual(['worker-1', 'worker-2', 'worker-10'])
  })
})
