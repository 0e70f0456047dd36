import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createItems, NotAList } from '../../../source/cluster/json/items.ts'

/** What came out, as JSON; `null` for what was too large. */
const taken = (text: string, cuts: readonly number[], limit = 1e6): { items: unknown[]; envelope: string } => {
  const bytes = Buffer.from(text)
  const items = createItems(limit)
  const out: unknown[] = []
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]
  for (const [index, edge] of edges.slice(1).entries()) {
    // A sender may use its chunk again.
    const chunk = Uint8Array.from(bytes.subarray(edges[index], edge))
    for (const item of items.push(chunk)) out.push(item === undefined ? null : JSON.parse(Buffer.from(item).toString()))
    chunk.fill(0)
  }
  return { items: out, envelope: items.end() }
}

const anyObject = fc.dictionary(fc.string(), fc.jsonValue())

describe('a list that comes in pieces', () => {
  it('gives the objects that JSON.parse gives, wherever it is cut and however it is spaced', () => {
    fc.assert(
      fc.property(
        fc.array(anyObject),
        anyObject,
        anyObject,
        fc.array(fc.nat()),
        fc.constantFrom(0, 1, 2),
        (items, before, after, cuts, space) => {
          const { items: _, ...envelope } = {
            ...after,
            metadata: before,
            kind: 'items',
            other: { items: [{}] },
          } as Record<string, unknown>
          const text = JSON.stringify({ first: before, ...envelope, items, last: 'items' }, null, space)
          const out = taken(text, cuts)
          expect(out.items).toEqual(JSON.parse(JSON.stringify(items)))
          expect(JSON.parse(out.envelope)).toEqual({ ...(JSON.parse(text) as object), items: [] })
        },
      ),
    )
  })

  it('holds nothing of an object beyond the limit, and gives the others', () => {
    const text = JSON.stringify({ items: [{ a: 1 }, { big: 'x'.repeat(1000) }, { b: 2 }], metadata: {} })
    expect(taken(text, [30, 200, 500], 100).items).toEqual([{ a: 1 }, null, { b: 2 }])
    expect(taken(text, [], 100).items).toEqual([{ a: 1 }, null, { b: 2 }])
  })

  it('may have no items', () => {
    expect(taken('{"metadata":{"resourceVersion":"5"},"items":null}', [])).toEqual({
      items: [],
      envelope: '{"metadata":{"resourceVersion":"5"},"items":null}',
    })
  })

  it.each(['', '{"items":[', '{"items":[{"a":1}', '{"items":[{"a":1}]', '{"items":[{"a":"', '{"metadata":{'])(
    'is not whole where it breaks off: %s',
    (text) => expect(() => taken(text, [])).toThrow(NotAList),
  )

  it.each(['{"items":[1]}', '{"items":["x"]}', `{"x":"${'y'.repeat(70_000)}","items":[]}`])(
    'is none where it holds what no list holds: %s',
    (text) => expect(() => taken(text, [])).toThrow(NotAList),
  )
})
