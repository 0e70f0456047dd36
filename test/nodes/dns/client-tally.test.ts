import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Counted } from '../../../source/events/event.ts'
import { createClientTally, most } from '../../../source/nodes/dns/client-tally.ts'
import { createTally, paneSeconds } from '../../../source/nodes/dns/tally.ts'
import { clean } from '../../../source/text/clean.ts'

const sum = (rows: readonly Counted[], of: 'count' | 'nxdomain'): number =>
  rows.reduce((all, row) => all + (row[of] ?? 0), 0)

const lookup = fc.record({
  client: fc.constantFrom('10.0.0.1', '10.0.0.2', 'fd00::3'),
  name: fc.integer({ min: 0, max: 3 * most.namesOfOne }).map((number) => `name-${number}`),
  nxdomain: fc.boolean(),
})

const row = (client: string, name: string, count: number, nxdomain = 0): Counted => ({
  ...{ client: clean(client), name: clean(name), count, nxdomain },
})

describe('a tally of lookups by client and name', () => {
  test('has who asked for what, how often, and how often there was no such name', () => {
    const tally = createClientTally()
    tally.add(clean('10.0.0.1'), clean('a.example'), false, 5)
    tally.add(clean('10.0.0.1'), clean('a.example'), true, 6)
    tally.add(clean('fd00::3'), clean('a.example'), true, 7)
    expect(tally.view(8)).toEqual({
      rows: [row('10.0.0.1', 'a.example', 2, 1), row('fd00::3', 'a.example', 1, 1)],
      left: 0,
    })
  })

  test('adds up to all lookups, of each client and in all, whatever found no room', () => {
    fc.assert(
      fc.property(fc.array(lookup, { maxLength: 300 }), fc.integer({ min: 1, max: 200 }), (lookups, perSecond) => {
        const [tally, clients] = [createClientTally(), createTally()]
        lookups.forEach(({ client, name, nxdomain }, index) => {
          const at = Math.min(2 * paneSeconds - 1, index / perSecond)
          tally.add(clean(client), clean(name), nxdomain, at)
          clients.add(clean(client), at)
        })
        const now = Math.min(2 * paneSeconds - 1, lookups.length / perSecond)
        const { rows, left } = tally.view(now)
        expect(sum(rows, 'count') + left).toBe(lookups.length)
        expect(sum(rows, 'nxdomain')).toBe(lookups.filter(({ nxdomain }) => nxdomain).length)
        for (const { name, count } of clients.view(now, 10).rows)
          expect(
            sum(
              rows.filter(({ client }) => client === name),
              'count',
            ),
          ).toBe(count)
      }),
    )
  })

  test('forgets what was not seen in this half minute nor in the one before', () => {
    const tally = createClientTally()
    tally.add(clean('10.0.0.1'), clean('old'), true, 0)
    tally.add(clean('10.0.0.1'), clean('new'), false, paneSeconds)
    const at = (now: number) => tally.view(now).rows.map(({ name }) => name)
    expect(at(2 * paneSeconds - 1)).toEqual(['new', 'old'])
    expect(at(2 * paneSeconds)).toEqual(['new'])
    expect(at(3 * paneSeconds)).toEqual([])
  })

  test('leaves room for others beside a client that asks for ever new names', () => {
    const tally = createClientTally()
    for (let index = 0; index < 5_000; index += 1) tally.add(clean('10.0.0.1'), clean(`name-${index}`), true, 5)
    tally.add(clean('10.0.0.2'), clean('a.example'), false, 6)
    const { rows, left } = tally.view(7)
    expect(rows).toHaveLength(most.namesOfOne + 2)
    expect(rows).toContainEqual(row('10.0.0.1', '', 5_000 - most.namesOfOne, 5_000 - most.namesOfOne))
    expect(rows).toContainEqual(row('10.0.0.2', 'a.example', 1))
    expect(left).toBe(0)
  })

  test('is bounded by clients and by pairs, and counts all the same', () => {
    const tally = createClientTally()
    const clients = 2 * most.clients
    for (let client = 0; client < clients; client += 1)
      for (let name = 0; name < 10; name += 1) tally.add(clean(`client-${client}`), clean(`name-${name}`), false, 5)
    const { rows, left } = tally.view(6)
    expect(rows.filter(({ name }) => name !== '')).toHaveLength(most.pairs)
    expect(new Set(rows.map(({ client }) => client)).size).toBe(most.clients)
    expect(left).toBe(10 * (clients - most.clients))
    expect(sum(rows, 'count') + left).toBe(10 * clients)
  })
})
