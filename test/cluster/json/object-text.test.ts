import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { objectText } from '../../../source/cluster/json/object-text.ts'

const parsed = (value: unknown): unknown => JSON.parse(objectText(Buffer.from(JSON.stringify(value))))

describe('the text of an object', () => {
  it('is the object without its managed fields', () => {
    const managed = [{ manager: 'kubelet', fieldsV1: { 'f:a': { '.': {}, 'k:{"type":"Ready"}': ['}', ']'] } } }]
    expect(parsed({ metadata: { name: 'a', managedFields: managed, uid: 'b' }, spec: { c: 1 } })).toEqual({
      metadata: { name: 'a', managedFields: 0, uid: 'b' },
      spec: { c: 1 },
    })
  })

  it('keeps everything else of any object, also what only looks so', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.jsonValue(),
        fc.array(fc.jsonValue()),
        fc.string(),
        (before, after, managed, odd) => {
          const looks = `${odd}"managedFields":[${odd}`
          const value = { before: [before, looks], [looks]: 1, metadata: { managedFields: managed }, after }
          const expected = { ...value, metadata: { managedFields: 0 } }
          expect(parsed(value)).toEqual(JSON.parse(JSON.stringify(expected)))
        },
      ),
    )
  })

  it('that breaks off within them is left as it came: whoever parses it sees that', () => {
    const text = '{"metadata":{"managedFields":[{"a":"]'
    expect(objectText(Buffer.from(text))).toBe(text)
  })
})
