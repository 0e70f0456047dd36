import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

/** Keeps 64 MB alive piece by piece, so that the space of new objects would grow, and tells its size in MB before and after. */
const program = (begin: string): string => `
import { getHeapSpaceStatistics } from 'node:v8'
import { boundHeap } from './source/cli/bound-heap.ts'
const size = () => getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size / 2 ** 20
${begin}
const before = size()
const kept = []
while (kept.length < 8000) kept.push(new Array(1000).fill(0.5))
console.log(before, size())
`

const sizes = async (begin: string): Promise<readonly number[]> => {
  const args = ['--input-type=module', '--eval', program(begin)]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return stdout.trim().split(' ').map(Number)
}

test.each([
  ['of a fresh process', ''],
  ['that has grown already', 'const grown = []; while (size() < 4) grown.push(new Array(1000).fill(0.5))'],
])('the space of new objects %s grows to 8 MB at once, and then no more', async (_, begin) => {
  const [before, after] = await sizes(`${begin}; boundHeap()`)
  expect(before).toBe(8)
  // A collection may have made it smaller again.
  expect(after).toBeLessThanOrEqual(8)
})

test('without a bound it would', async () => {
  const [, after = 0] = await sizes('')
  expect(after).toBeGreaterThan(8)
})
