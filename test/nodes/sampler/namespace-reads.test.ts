import fc from 'fast-check'
import { expect, test } from 'vitest'
import { listLines } from '../../../source/nodes/sampler/namespace-reads.ts'
import type { NamespaceKey } from '../../../source/nodes/sampler/take.ts'

const key = fc
  .tuple(fc.integer({ min: 1, max: 4_194_304 }), fc.nat(), fc.nat())
  .map((numbers) => numbers.join(':') as NamespaceKey)

test('a list is told in lines of a few hundred bytes, the first of which begins it anew', () => {
  fc.assert(
    fc.property(fc.array(key, { maxLength: 512 }), (keys) => {
      const lines = listLines(keys).split('\n')
      expect(lines.pop()).toBe('')
      expect(lines.map((line) => line[0])).toEqual(lines.map((_, index) => (index === 0 ? '=' : '+')))
      expect(lines.flatMap((line) => line.split(' ').slice(1))).toEqual(keys)
      for (const line of lines) expect(line.length).toBeLessThan(512)
    }),
  )
})

test('an empty list is told too', () => {
  expect(listLines([])).toBe('=\n')
})
