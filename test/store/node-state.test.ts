import { expect, it } from 'vitest'
import { column } from '../../source/store/figures.ts'
import { createNodeState, type Era, writable } from '../../source/store/node-state.ts'
import { worker } from './events.ts'

/** An era in which the next snapshot has this number, and somebody reads these. */
const era = (next: number, read: readonly number[]): Era => ({
  next,
  isRead: (first, last) => read.some((number) => number >= first && number <= last),
})

it("a node's data are written in place until a snapshot holds them", () => {
  const state = createNodeState(worker, era(0, []))
  const { data } = state
  expect(writable(state, era(0, []))).toBe(data)
  expect(writable(state, era(1, [0]))).not.toBe(data)
})

it('data of snapshots that nobody reads any more serve again, with what is known by now', () => {
  const state = createNodeState(worker, era(0, []))
  const first = writable(state, era(0, []))
  const second = writable(state, era(1, [0]))
  second.figures[column.value] = 7
  second.down = true
  const third = writable(state, era(2, [1]))
  expect(third).toBe(first)
  expect(third).toMatchObject({ down: true, first: 2 })
  expect(third.figures[column.value]).toBe(7)
  expect(second.figures).not.toBe(third.figures)
})

it('data that several snapshots hold are left alone while one of them is read', () => {
  const state = createNodeState(worker, era(0, []))
  const first = writable(state, era(0, []))
  // Snapshots 0 to 4 hold the first data.
  const second = writable(state, era(5, [0, 1, 2, 3, 4]))
  expect(writable(state, era(6, [3, 5]))).not.toBe(first)
  expect(writable(state, era(7, [6]))).toBe(second)
})
