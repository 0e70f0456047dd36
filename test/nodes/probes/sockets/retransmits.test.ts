import { describe, expect, test } from 'vitest'
import type { ListedGroup } from '../../../../source/nodes/probes/sockets/listing.ts'
import { knownAfter, nothingKnown, sentAgain } from '../../../../source/nodes/probes/sockets/retransmits.ts'

/** Sockets by inode, with how often each has sent anything again since it was opened. */
const group = (again: Readonly<Record<number, number>>): ListedGroup => ({
  ...{ role: 'other', end: undefined, behind: 'unknown', least: Number.NaN },
  inodes: Uint32Array.from(Object.keys(again), Number),
  roundTrips: new Uint32Array(Object.keys(again).length),
  again: Uint32Array.from(Object.values(again)),
})

const after = (...groups: readonly ListedGroup[]) => knownAfter(groups)

describe('segments sent again', () => {
  test('are what the kernel counted since the last reading', () => {
    expect(sentAgain(after(group({ 5: 2, 7: 0, 9: 1 })), group({ 5: 6, 7: 3, 9: 1 }))).toBe(7)
  })

  test('of a socket seen for the first time say nothing, however many', () => {
    expect(sentAgain(after(group({ 5: 0 })), group({ 5: 0, 6: 40 }))).toBe(0)
  })

  test('of a socket without an inode are nobody’s', () => {
    expect(sentAgain(after(group({ 0: 0 })), group({ 0: 9 }))).toBe(0)
  })

  test('are never fewer than none, where an inode is used again', () => {
    expect(sentAgain(after(group({ 5: 9 })), group({ 5: 1 }))).toBe(0)
  })

  test('of a socket that the last reading left out say nothing: they are of a longer time', () => {
    expect(sentAgain(after(group({ 8: 0, 6: 4 })), group({ 5: 3, 6: 5, 8: 1 }))).toBe(2)
    expect(sentAgain(nothingKnown, group({ 5: 3 }))).toBe(0)
  })

  test('are remembered of all groups of a reading, once each', () => {
    const known = after(group({ 7: 1, 5: 2 }), group({ 6: 0 }))
    expect([[...known.inodes], [...known.again]]).toEqual([
      [5, 6, 7],
      [
        [5, 2],
        [7, 1],
      ],
    ])
  })
})
