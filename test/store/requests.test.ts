import { describe, expect, it } from 'vitest'
import type { Event } from '../../source/events/event.ts'
import type { Request } from '../../source/events/request.ts'
import { createStore } from '../../source/store/store.ts'
import { clean } from '../../source/text/clean.ts'
import { clock } from './events.ts'

const asked = (id: string, more: Partial<Request> = {}): Event => ({
  type: 'request',
  request: { id, kind: 'login', title: clean(`${id} asks:`), lines: [clean('Password:')], answer: 'secret', ...more },
})

const idsOf = (store: ReturnType<typeof createStore>): readonly string[] => [...store.snapshot().requests.keys()]

describe('what a person is asked', () => {
  it('waits in the order in which it came, and is gone when that is said', () => {
    const store = createStore()
    expect(idsOf(store)).toEqual([])
    store.apply([asked('b'), asked('a'), asked('c')])
    expect(idsOf(store)).toEqual(['b', 'a', 'c'])
    store.apply([{ type: 'request-gone', id: 'a' }])
    expect(idsOf(store)).toEqual(['b', 'c'])
    store.apply([asked('b', { title: clean('changed') }), asked('a')])
    expect(idsOf(store)).toEqual(['b', 'c', 'a'])
    expect(store.snapshot().requests.get('b')?.title).toBe('changed')
  })

  it('leaves earlier snapshots as they were, and is the same object until something comes or goes', () => {
    const store = createStore()
    store.apply([asked('a')])
    const before = store.snapshot()
    store.apply([clock(1), { type: 'request-gone', id: 'other' }])
    expect(store.snapshot().requests).toBe(before.requests)
    store.apply([{ type: 'request-gone', id: 'a' }])
    expect([...before.requests.keys()]).toEqual(['a'])
    expect(store.snapshot().requests.size).toBe(0)
  })

  it('stays the object that was read when the same is said again, and is another when it is not the same', () => {
    const store = createStore()
    store.apply([asked('a')])
    const read = store.snapshot().requests.get('a')
    store.apply([asked('a')])
    expect(store.snapshot().requests.get('a')).toBe(read)
    for (const change of [
      { kind: 'consent' },
      { title: clean('b asks:') },
      { answer: 'text' },
      { lines: [clean('Code:')] },
      { lines: [clean('Password:'), clean('and more')] },
    ] as const) {
      store.apply([asked('a', change)])
      expect(store.snapshot().requests.get('a')).toMatchObject(change)
      store.apply([asked('a')])
    }
  })

  it('is asked anew by one that went away and came back, whatever it says', () => {
    const store = createStore()
    store.apply([asked('a')])
    const read = store.snapshot().requests.get('a')
    store.apply([{ type: 'request-gone', id: 'a' }, asked('a')])
    expect(store.snapshot().requests.get('a')).not.toBe(read)
  })
})
