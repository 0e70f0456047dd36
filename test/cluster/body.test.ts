import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { textOfBody } from '../../source/cluster/body.ts'

/** A body in pieces that all lie in one memory, as a reader may give them. */
async function* bodyOf(bytes: Uint8Array, piece: number, taken: (size: number) => void = () => undefined) {
  const memory = new Uint8Array(piece)
  for (let at = 0; at < bytes.length; at += piece) {
    const next = bytes.subarray(at, at + piece)
    memory.set(next)
    taken(next.length)
    yield await Promise.resolve(memory.subarray(0, next.length))
  }
}

it('a body is its text, however it is cut into pieces', () =>
  fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), async (text, piece) => {
      const bytes = new TextEncoder().encode(text)
      expect(await textOfBody(bodyOf(bytes, piece), bytes.length)).toBe(text)
    }),
  ))

it('a body of more than the most is nothing, and its rest is not read', async () => {
  let read = 0
  const body = bodyOf(new Uint8Array(1000), 10, (size) => {
    read += size
  })
  expect(await textOfBody(body, 95)).toBeUndefined()
  expect(read).toBe(100)
})
