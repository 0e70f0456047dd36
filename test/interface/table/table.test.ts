import { describe, expect, test } from 'vitest'
import { segment } from '../../../source/interface/lines.ts'
import type { Column } from '../../../source/interface/table/column.ts'
import { drawTable, orderOf, type Table, underCursor } from '../../../source/interface/table/table.ts'
import { emptyTable, filtered, holdTime, type TableState } from '../../../source/interface/table/table-state.ts'
import { createTheme } from '../../../source/interface/theme.ts'
import type { Snapshot } from '../../../source/store/snapshot.ts'
import { createStore } from '../../../source/store/store.ts'
import { clean } from '../../../source/text/clean.ts'
import { unpainted } from '../../../source/text/colour.ts'

const column = (id: string, more: Partial<Column> = {}): Column => ({
  id,
  heading: id.toUpperCase(),
  width: 6,
  priority: 1,
  align: 'right',
  cell: (_, row) => segment(`${id[0]}${row}`),
  sortKey: (_, row) => Number(row),
  ...more,
})

const table = (rows: readonly string[], more: Partial<Table> = {}): Table => ({
  columns: () => [column('name', { priority: 0, align: 'left', text: (_, row) => `row ${row}` }), column('figure')],
  rows: () => rows,
  defaultOrder: (_, given) => given,
  empty: 'nothing here',
  ...more,
})

const at = (ms: number): Snapshot => {
  const store = createStore()
  store.apply([{ type: 'clock', at: ms, wall: ms, late: 0 }])
  return store.snapshot()
}

const theme = createTheme('none', 'block')
const draw = (given: Table, state: TableState, size = { columns: 20, rows: 4 }): readonly string[] =>
  drawTable(given, at(0), state, size, theme).map(unpainted)

describe('a table', () => {
  test('is a heading and the rows in view, padded to its size', () => {
    expect(draw(table(['1', '2', '3', '4']), emptyTable)).toEqual([
      'NAME   FIGURE       ',
      'n1         f1       ',
      'n2         f2       ',
      'n3         f3       ',
    ])
  })

  test('says why there are no rows', () => {
    expect(draw(table([]), emptyTable, { columns: 60, rows: 2 })[1]).toMatch(/^nothing here/)
    expect(draw(table(['1']), filtered(emptyTable, 'x'), { columns: 60, rows: 2 })[1]).toMatch(
      'no row passes the filter /x: esc shows all again',
    )
  })

  test('marks the column that it is sorted by', () => {
    const by = (descending: boolean): TableState => ({ ...emptyTable, sort: { column: 'figure', descending } })
    expect(draw(table(['1']), by(true))[0]).toMatch('FIGU…↓')
    expect(draw(table([]), { ...emptyTable, sort: { column: 'name', descending: false } })[0]).toMatch('NAME↑')
    expect(orderOf(table(['1', '3', '2']), at(0), by(true))).toEqual(['3', '2', '1'])
  })

  test('shows the cursor in reverse video, also without colour', () => {
    const lines = drawTable(table(['1', '2']), at(0), { ...emptyTable, cursor: '2' }, { columns: 20, rows: 3 }, theme)
    const text = 'n2         f2       '
    expect(lines[2]).toBe(theme.paint(clean(text), 'cursor'))
    expect(lines[2]).not.toBe(text)
    expect(lines[1]).toBe('n1         f1       ')
  })

  test('keeps its order for a while after a move: new rows come last, lost ones leave', () => {
    const state: TableState = { ...emptyTable, cursor: '2', held: { at: 0, order: ['3', '1', '2'] } }
    const now = table(['1', '2', '4'])
    expect(orderOf(now, at(holdTime - 1), state)).toEqual(['1', '2', '4'])
    expect(orderOf(table(['1', '2', '3', '4']), at(holdTime - 1), state)).toEqual(['3', '1', '2', '4'])
    expect(orderOf(table(['1', '2', '3', '4']), at(holdTime), state)).toEqual(['1', '2', '3', '4'])
  })

  test('works its order out once for a snapshot and a state, and anew for any other', () => {
    let asked = 0
    const counted = table(['1', '2'], {
      rows: () => {
        asked++
        return ['1', '2']
      },
    })
    const snapshot = at(0)
    const size = { columns: 20, rows: 4 }
    drawTable(counted, snapshot, emptyTable, size, theme)
    underCursor(counted, snapshot, { ...emptyTable, cursor: '2' }, size)
    expect(asked).toBe(1)
    expect(orderOf(counted, snapshot, filtered(emptyTable, '2'))).toEqual(['2'])
    expect(orderOf(counted, at(1), emptyTable)).toEqual(['1', '2'])
    expect(asked).toBe(3)
  })
})
