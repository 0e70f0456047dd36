import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { segment } from '../../../source/interface/lines.ts'
import { type Column, hiddenHint, placeColumns } from '../../../source/interface/table/column.ts'

const column = (id: string, width: number, priority: number, more: Partial<Column> = {}): Column => ({
  id,
  heading: id,
  width,
  priority,
  align: 'left',
  cell: () => segment(''),
  sortKey: () => undefined,
  ...more,
})

/** A table: its name never leaves, the others have priorities of their own. */
const columns = (): fc.Arbitrary<readonly Column[]> =>
  fc
    .tuple(
      fc.integer({ min: 1, max: 40 }),
      fc.array(
        fc.record({ width: fc.integer({ min: 1, max: 20 }), priority: fc.nat(9), grows: fc.option(fc.nat(60)) }),
        { maxLength: 12 },
      ),
    )
    .map(([name, others]) => [
      column('name', name, 0, { most: name + 10 }),
      ...others.map(({ width, priority, grows }, index) =>
        column(`c${index}`, width, priority, grows === null ? {} : { most: grows }),
      ),
    ])

const total = (): fc.Arbitrary<number> => fc.integer({ min: 1, max: 250 })
const used = (widths: readonly number[]): number => widths.reduce((sum, width) => sum + width, 0) + widths.length - 1

describe('the columns of a table', () => {
  test('never take more than there is, and the name always stays', () => {
    fc.assert(
      fc.property(columns(), total(), (all, room) => {
        const placed = placeColumns(all, room)
        expect(used(placed.map(({ width }) => width))).toBeLessThanOrEqual(room)
        expect(placed[0]?.column.id).toBe('name')
        expect(placed.every(({ width }) => width >= 1)).toBe(true)
      }),
    )
  })

  test('stand in their own order, and none has less than it needs but those that never leave', () => {
    fc.assert(
      fc.property(columns(), total(), (all, room) => {
        const placed = placeColumns(all, room)
        const places = placed.map(({ column }) => all.indexOf(column))
        expect(places).toEqual(places.toSorted((one, other) => one - other))
        for (const { column, width } of placed) {
          expect(width).toBeGreaterThanOrEqual(column.priority > 0 ? column.width : 1)
          expect(width).toBeLessThanOrEqual(Math.max(column.width, column.most ?? 0))
        }
      }),
    )
  })

  test('leave by priority: what left stood behind all that stayed', () => {
    fc.assert(
      fc.property(columns(), total(), (all, room) => {
        const stayed = placeColumns(all, room).map(({ column }) => column)
        const left = all.filter((one) => !stayed.includes(one))
        const last = Math.max(...stayed.map(({ priority }) => priority))
        expect(left.every(({ priority }) => priority >= last)).toBe(true)
      }),
    )
  })

  test('come back as the terminal grows', () => {
    fc.assert(
      fc.property(columns(), total(), fc.nat(50), (all, room, more) => {
        const before = placeColumns(all, room).map(({ column }) => column.id)
        const after = placeColumns(all, room + more).map(({ column }) => column.id)
        expect(after).toEqual(expect.arrayContaining(before))
      }),
    )
  })

  test('come back also where there is next to no room', () => {
    const all = [column('a', 1, 0, { most: 11 }), column('b', 1, 0), column('c', 2, 1)]
    const placed = [1, 3, 5, 6, 7, 8].map((room) =>
      placeColumns(all, room)
        .map(({ column }) => column.id)
        .join(''),
    )
    expect(placed).toEqual(['a', 'a', 'a', 'abc', 'abc', 'abc'])
  })

  test('share what is left, the first before the others, each up to its most', () => {
    const all = [
      column('a', 4, 0, { most: 6 }),
      column('b', 4, 1),
      column('c', 4, 2, { most: Number.POSITIVE_INFINITY }),
    ]
    expect(placeColumns(all, 24).map(({ width }) => width)).toEqual([6, 4, 12])
    expect(placeColumns(all, 15).map(({ width }) => width)).toEqual([5, 4, 4])
    expect(placeColumns(all, 13).map(({ column, width }) => [column.id, width])).toEqual([
      ['a', 4],
      ['b', 4],
    ])
  })

  test('leave room to say how many found none', () => {
    const all = [column('a', 4, 0), column('b', 4, 1), column('c', 4, 2), column('d', 4, 3)]
    const hint = (room: number): string => {
      const placed = placeColumns(all, room)
      return hiddenHint(all, placed, room - used(placed.map(({ width }) => width)))
    }
    expect([hint(19), hint(18), hint(14), hint(13), hint(9)]).toEqual(['', '  +1', '   +2', '  +2', '   +3'])
  })
})
