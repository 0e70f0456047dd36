import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createDuplicates, horizon } from '../../../source/nodes/dns/duplicates.ts'

interface Sighting {
  readonly key: string
  readonly at: number
}

/** What the table of duplicates should say, kept in full: a sighting counts if no counted one of its key is near. */
const naive = (sightings: readonly Sighting[]): boolean[] => {
  const counted: Sighting[] = []
  return sightings.map((sighting) => {
    const near = counted.some(({ key, at }) => key === sighting.key && Math.abs(at - sighting.at) <= horizon)
    if (!near) counted.push(sighting)
    return !near
  })
}

/** Sightings in time order, each up to `horizon` late. Quarters of seconds: exact in binary, and edges come up often. */
const sightings = fc
  .array(
    fc.record({
      key: fc.constantFrom('a', 'b', 'c'),
      step: fc.integer({ min: 0, max: 12 }),
      late: fc.integer({ min: 0, max: 8 }),
    }),
    { maxLength: 80 },
  )
  .map((steps) => {
    let newest = 1000
    return steps.map(({ key, step, late }) => {
      const at = newest + step / 4 - late / 4
      newest = Math.max(newest, at)
      return { key, at }
    })
  })

describe('the table of duplicates', () => {
  test('counts an answer once within two seconds, however its copies are mixed', () => {
    fc.assert(
      fc.property(sightings, (seen) => {
        const duplicates = createDuplicates()
        expect(seen.map(({ key, at }) => duplicates.first(key, at))).toEqual(naive(seen))
        expect(duplicates.forgotten()).toBe(0)
      }),
      { numRuns: 500 },
    )
  })

  test('counts it again after more than two seconds, as a client that asked again sees it', () => {
    const duplicates = createDuplicates()
    const counted = [0, 1, 2, 2.001, 4, 4.002].map((at) => duplicates.first('again', at))
    expect(counted).toEqual([true, false, false, true, false, true])
  })

  test('stays within its memory under any load, and says how much it had to forget', () => {
    const duplicates = createDuplicates({ bytes: 10_000 })
    const ask = (index: number) => duplicates.first(`key ${index}`, index / 1e6)
    for (let index = 0; index < 1000; index += 1) expect(ask(index)).toBe(true)
    const forgotten = duplicates.forgotten()
    expect(forgotten).toBeGreaterThan(700)
    // The latest are still known, the first ones not.
    expect(ask(999)).toBe(false)
    expect(ask(0)).toBe(true)
    expect(duplicates.forgotten()).toBeLessThan(forgotten)
  })
})
