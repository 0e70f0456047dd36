import { describe, expect, test } from 'vitest'
import { carried, createTierMemory } from '../../source/nodes/tier-memory.ts'

const gathered = { state: ['five minutes'], more: 7 }

describe('what a tier has gathered', () => {
  test('is there in the next session on the same boot', () => {
    const memory = createTierMemory()
    memory.begin('a')
    memory.slot('etcd 0').left = gathered
    memory.begin('a')
    expect(memory.slot('etcd 0').left).toEqual(gathered)
    expect(memory.slot('etcd 1').left).toBeUndefined()
  })

  test.each([
    ['another boot', ['a', 'b']],
    ['another boot between', ['a', 'b', 'a']],
    ['no word of the boot', ['a', '']],
    ['never a word of it', ['', '']],
  ])('is gone after %s', (_, [first = '', ...next]) => {
    const memory = createTierMemory()
    memory.begin(first)
    memory.slot('etcd 0').left = gathered
    for (const boot of next) memory.begin(boot)
    expect(memory.slot('etcd 0').left).toBeUndefined()
  })

  test('is not written any more by a session that is over', () => {
    const memory = createTierMemory()
    memory.begin('a')
    const before = memory.slot('etcd 0')
    before.left = gathered
    memory.begin('a')
    before.left = { state: 'late', more: 0 }
    expect(memory.slot('etcd 0').left).toEqual(gathered)
  })
})

describe('what a tier begins with', () => {
  const tier = { start: 0, carry: (state: number) => state / 2 }

  test('is its start, in a first session or where nothing holds on', () => {
    expect(carried(tier, undefined)).toBe(0)
    expect(carried({ start: 0 }, { state: 8, more: 0 })).toBe(0)
  })

  test('is else as much of what the session before left as holds on', () => {
    expect(carried(tier, { state: 8, more: 0 })).toBe(4)
  })
})
