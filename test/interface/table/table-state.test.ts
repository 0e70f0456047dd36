import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  cursorIndex,
  emptyTable,
  filtered,
  pinned,
  reduceTable,
  type Shown,
  type TableState,
  topFor,
} from '../../../source/interface/table/table-state.ts'

const shown = (order: readonly string[], more: Partial<Shown> = {}): Shown => ({
  at: 1000,
  order,
  columns: ['name', 'one', 'two'],
  height: 5,
  ...more,
})

const rows = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']

const after = (actions: readonly string[], from: TableState = emptyTable, at = shown(rows)): TableState =>
  actions.reduce((state, action) => reduceTable(state, action, at), from)

describe('the cursor of a table', () => {
  test.each([
    [[], 0],
    [['down'], 1],
    [['up'], 0],
    [['down', 'down', 'up'], 1],
    [['bottom'], 7],
    [['bottom', 'down'], 7],
    [['page-down'], 5],
    [['page-down', 'page-down', 'page-up'], 2],
    [['bottom', 'top'], 0],
  ])('after %j stands on row %i', (actions, index) => {
    expect(cursorIndex(after(actions), rows)).toBe(index)
  })

  test('is on the first row, whichever that is, until somebody moves', () => {
    expect(cursorIndex(emptyTable, rows)).toBe(0)
    expect(emptyTable.cursor).toBeUndefined()
  })

  test('follows its row when rows are put in another order, added and removed', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[a-z]{1,2}$/), { minLength: 1, maxLength: 30 }),
        fc.uniqueArray(fc.stringMatching(/^[a-z]{1,2}$/), { maxLength: 30 }),
        fc.array(fc.constantFrom('down', 'up', 'page-down', 'page-up', 'bottom')),
        (before, others, actions) => {
          const state = after(['down', ...actions], emptyTable, shown(before))
          const { cursor = '' } = state
          expect(before).toContain(cursor)
          const later = [...new Set([...others, cursor])].toSorted()
          expect(later[cursorIndex(state, later)]).toBe(cursor)
        },
      ),
    )
  })

  test('stands where its row stood when that is gone', () => {
    const state = after(['down', 'down', 'down'])
    expect(state.cursor).toBe('d')
    const without = rows.filter((row) => row !== 'd')
    expect(without[cursorIndex(state, without)]).toBe('e')
    expect(cursorIndex(state, ['a'])).toBe(0)
    expect(cursorIndex(state, [])).toBe(0)
  })

  test('is fixed to its row by any key that speaks of that row', () => {
    expect(after(['right']).cursor).toBe('a')
    expect(after(['sort']).cursor).toBe('a')
    expect(pinned(emptyTable, rows).cursor).toBe('a')
    expect(after(['no action of a table'])).toBe(emptyTable)
  })

  test('goes to the first row that a filter leaves if it does not leave its own', () => {
    const state = filtered(after(['down', 'down']), 'x')
    expect(cursorIndex(state, ['x1', 'x2', 'x3'])).toBe(0)
    expect(cursorIndex(state, ['x1', 'c'])).toBe(1)
  })
})

describe('the order of a table', () => {
  test('is held from each move on, and let go by sorting and filtering', () => {
    const state = after(['down'])
    expect(state.held).toEqual({ at: 1000, order: rows })
    expect(after(['right'], state).held).toBe(state.held)
    for (const action of ['sort', 'sort-name', 'sort-default']) expect(after([action], state).held).toBeUndefined()
    expect(filtered(state, 'x').held).toBeUndefined()
  })

  test('by a figure begins with the greatest, by name with the first, and turns round the next time', () => {
    expect(after(['right', 'sort']).sort).toEqual({ column: 'one', descending: true })
    expect(after(['right', 'sort', 'sort']).sort).toEqual({ column: 'one', descending: false })
    expect(after(['sort']).sort).toEqual({ column: 'name', descending: false })
    expect(after(['sort-name']).sort).toEqual({ column: 'name', descending: false })
    expect(after(['sort-name', 'sort-name']).sort).toEqual({ column: 'name', descending: true })
    expect(after(['right', 'sort', 'right', 'sort']).sort).toEqual({ column: 'two', descending: true })
    expect(after(['sort', 'sort-default']).sort).toBeUndefined()
  })
})

describe('the selected column', () => {
  test('moves and stops at both ends', () => {
    expect(after(['left']).column).toBe('name')
    expect(after(['right', 'right', 'right']).column).toBe('two')
  })

  test('is the first again when its column has left', () => {
    const state = after(['right', 'right'])
    expect(reduceTable(state, 'right', shown(rows, { columns: ['name', 'one'] })).column).toBe('one')
  })
})

describe('scrolling', () => {
  test('keeps the cursor in view and shows as many rows as there are', () => {
    fc.assert(
      fc.property(
        fc.nat(100),
        fc.nat(100),
        fc.integer({ min: 1, max: 60 }),
        fc.nat(100),
        (top, index, height, more) => {
          const length = index + 1 + more
          const first = topFor(top, index, height, length)
          expect(first).toBeGreaterThanOrEqual(0)
          expect(first).toBeLessThanOrEqual(index)
          expect(index).toBeLessThan(first + height)
          expect(first).toBeLessThanOrEqual(Math.max(0, length - height))
        },
      ),
    )
  })

  test('moves no row while the cursor is in view', () => {
    const state = after(['bottom', 'up', 'up'])
    expect(state.top).toBe(3)
    expect(after(['up', 'up'], state).top).toBe(3)
    expect(after(['up', 'up', 'up'], state).top).toBe(2)
  })
})
