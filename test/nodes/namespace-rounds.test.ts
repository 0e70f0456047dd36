import { describe, expect, test } from 'vitest'
import { createNamespaceRounds, type NamespaceRounds } from '../../source/nodes/namespace-rounds.ts'
import type { NamespaceKey } from '../../source/nodes/sampler/take.ts'
import { clean } from '../../source/text/clean.ts'

const keysOf = (from: number, to: number): readonly NamespaceKey[] =>
  Array.from({ length: to - from }, (_, index) => `${from + index}:1:1` as NamespaceKey)

const known = (keys: readonly NamespaceKey[]) => ({ kind: 'known', keys, found: keys.length }) as const

/** What each of the next ticks reads, as the sampler goes through its list. */
const ticks = (rounds: NamespaceRounds, count: number): readonly (readonly NamespaceKey[])[] =>
  Array.from({ length: count }, () => {
    const tick = rounds.next(false)
    return tick?.list().slice(0, tick.count) ?? []
  })

describe('namespaces', () => {
  test('are not read before any were looked for', () => {
    expect(createNamespaceRounds().next(false)).toBeUndefined()
  })

  test('that are new are read at once, in ticks of at most 25', () => {
    const rounds = createNamespaceRounds()
    rounds.know(known(keysOf(0, 60)))
    expect(ticks(rounds, 3).map(({ length }) => length)).toEqual([25, 25, expect.any(Number)])
    rounds.know(known([...keysOf(0, 60), '999:1:1' as NamespaceKey]))
    expect(ticks(rounds, 1)[0]).toContain('999:1:1')
  })

  test('are read once in 5 s, spread evenly', () => {
    const rounds = createNamespaceRounds()
    const keys = keysOf(0, 20)
    rounds.know(known(keys))
    ticks(rounds, 1)
    const round = ticks(rounds, 5)
    expect(round.map(({ length }) => length)).toEqual([4, 4, 4, 4, 4])
    expect(round.flat().toSorted()).toEqual(keys.toSorted())
  })

  test('all of them are read where everything is asked for', () => {
    const rounds = createNamespaceRounds()
    rounds.know(known(keysOf(0, 300)))
    expect(rounds.next(true)?.count).toBe(300)
  })

  test('come in their turn though others come and go all the time', () => {
    const rounds = createNamespaceRounds()
    const seen = new Map<NamespaceKey, number>()
    for (let second = 0; second < 60; second += 1) {
      if (second % 3 === 0) rounds.know(known([...keysOf(0, 50), ...keysOf(1000 + second, 1003 + second)]))
      for (const key of ticks(rounds, 1).flat()) seen.set(key, (seen.get(key) ?? 0) + 1)
    }
    for (const key of keysOf(0, 50)) expect(seen.get(key)).toBeGreaterThan(60 / 7)
  })

  test('have another version only where there are others', () => {
    const rounds = createNamespaceRounds()
    rounds.know(known(keysOf(0, 3)))
    const first = rounds.next(false)?.version
    rounds.know(known(keysOf(0, 3)))
    expect(rounds.next(false)?.version).toBe(first)
    rounds.know({ kind: 'unknown', cause: clean('hidden') })
    const none = rounds.next(false)
    expect(none?.version).not.toBe(first)
    expect(none?.list()).toEqual([])
  })

  test('are read less often while the sampler takes too much, and more often again when it does not', () => {
    const rounds = createNamespaceRounds()
    rounds.know(known(keysOf(0, 110)))
    const usual = rounds.every()
    for (let minute = 0; minute < 5; minute += 1) rounds.adapt(0.4)
    const stretched = rounds.every()
    expect(stretched).toBeGreaterThan(4 * usual)
    for (let minute = 0; minute < 200; minute += 1) rounds.adapt(0.4)
    // Beyond 0.03 % of a core nothing is spared.
    expect(rounds.every()).toBeCloseTo(110 * 0.27)
    for (let minute = 0; minute < 100; minute += 1) rounds.adapt(0.1)
    expect(rounds.every()).toBe(5)
  })
})
