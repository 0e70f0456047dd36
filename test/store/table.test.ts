import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTable } from '../../source/store/table.ts'

const key = fc.integer({ min: 0, max: 40 }).map((number) => `key-${number}`)
const step = fc.oneof(
  fc.record({ do: fc.constant('set' as const), key, value: fc.nat() }),
  fc.record({ do: fc.constant('delete' as const), key }),
  fc.record({ do: fc.constant('view' as const) }),
)

const contents = (map: ReadonlyMap<string, number>): readonly (readonly [string, number])[] =>
  [...map].toSorted(([one], [other]) => (one < other ? -1 : 1))

describe('a table', () => {
  it('is a map, and no view of it ever changes', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const table = createTable<string, number>()
        const model = new Map<string, number>()
        const views: { readonly view: ReadonlyMap<string, number>; readonly as: ReturnType<typeof contents> }[] = []
        for (const each of steps) {
          if (each.do === 'set') {
            table.set(each.key, each.value)
            model.set(each.key, each.value)
          } else if (each.do === 'delete') {
            table.delete(each.key)
            model.delete(each.key)
          } else views.push({ view: table.view(), as: contents(model) })
        }
        views.push({ view: table.view(), as: contents(model) })
        for (const { view, as } of views) {
          expect(contents(view)).toEqual(as)
          expect(view.size).toBe(as.length)
          expect([...view.keys()].toSorted()).toEqual(as.map(([name]) => name))
          expect([...view.values()].map(String).toSorted()).toEqual(as.map(([, value]) => String(value)).toSorted())
          for (const [name, value] of as) expect([view.get(name), view.has(name)]).toEqual([value, true])
          let visited = 0
          view.forEach(() => visited++)
          expect(visited).toBe(as.length)
          expect(view.get('other')).toBeUndefined()
        }
      }),
    )
  })

  it('gives the same view until something is written', () => {
    const table = createTable<string, number>()
    table.set('a', 1)
    const view = table.view()
    table.delete('b')
    expect(table.view()).toBe(view)
    table.set('a', 2)
    expect(table.view()).not.toBe(view)
    expect(view.get('a')).toBe(1)
  })
})
