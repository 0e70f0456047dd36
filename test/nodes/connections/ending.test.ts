import { expect, test, vi } from 'vitest'
import { createEnding } from '../../../source/nodes/connections/ending.ts'

test('everybody who waits hears of it once, with the first outcome', async () => {
  const ending = createEnding<string>()
  const [one, two] = [vi.fn<(outcome: string) => void>(), vi.fn<(outcome: string) => void>()]
  ending.onEnd(one)
  ending.onEnd(two)
  ending.end('cut')
  ending.end('again')
  expect(one.mock.calls).toEqual([['cut']])
  expect(two.mock.calls).toEqual([['cut']])
  expect(await ending.settled).toBe('cut')
})

test('who left hears nothing, and who comes later hears at once', () => {
  const ending = createEnding<string>()
  const [early, late] = [vi.fn<(outcome: string) => void>(), vi.fn<(outcome: string) => void>()]
  ending.onEnd(early)()
  ending.end('cut')
  ending.onEnd(late)
  expect(early).not.toHaveBeenCalled()
  expect(late.mock.calls).toEqual([['cut']])
})
