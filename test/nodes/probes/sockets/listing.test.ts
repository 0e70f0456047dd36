import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAddress } from '../../../../source/events/address.ts'
import { endOf, type ListedGroup, parseSockets } from '../../../../source/nodes/probes/sockets/listing.ts'

const text = (...groups: readonly string[]): string =>
  ['namespaces 3 4', 'sockets 12 5', 'asked yes 7 2', ...groups, 'end', ''].join('\n')

const groupsIn = (output: string): readonly ListedGroup[] => {
  const listing = parseSockets(output)
  if (typeof listing !== 'object') throw new Error('no listing')
  return listing.groups
}

describe('what the program tells', () => {
  test('are namespaces, sockets and questions, of each how many there were', () => {
    expect(parseSockets(text())).toEqual({
      ...{ namespaces: { read: 3, of: 4 }, told: 12, left: 5, tracked: true, unasked: 2, groups: [] },
    })
  })

  test('is a group for each end and answerer, with inodes as differences, microseconds and counts in hexadecimal', () => {
    const [group] = groupsIn(text('c 0a60000a0050 0a3200011b58 4f 10,64 2,c8,3 5 1,,ff'))
    expect(group).toEqual({
      role: 'client',
      end: { address: '10.96.0.10', port: 80 },
      behind: { address: '10.50.0.1', port: 7000 },
      least: 79,
      inodes: Uint32Array.of(16, 18, 23, 24),
      roundTrips: Uint32Array.of(100, 200, 0, 0),
      again: Uint32Array.of(0, 3, 0, 255),
    })
  })

  test('tells a peer that answers itself from one of which nothing is known', () => {
    const groups = groupsIn(text('c 0a0000010050 = 1 1', 'c 0a0000010050 ? 0 1', 's 0a0000010050 - 1 1', 'o - - 1 1'))
    expect(groups.map(({ role, behind, least }) => [role, behind, least])).toEqual([
      ['client', 'addressed', 1],
      ['client', 'unknown', Number.NaN],
      ['server', 'unknown', 1],
      ['other', 'unknown', 1],
    ])
  })

  test('gives addresses of IPv6 in their one spelling', () => {
    expect(endOf('fd000000000000000000000000000007ffff')).toEqual({ address: 'fd00::7', port: 65_535 })
  })

  test('says why nothing can be told', () => {
    expect(parseSockets('refused setns Operation not permitted\n')).toBe('setns Operation not permitted')
  })

  test.each(['', 'namespaces 1 1\n', text().replace('\nend', ''), text().replace('sockets', 'socket')])(
    'is nothing where it broke off: %j',
    (output) => {
      expect(parseSockets(output)).toBeUndefined()
    },
  )
})

const end = fc.oneof(fc.uint8Array({ minLength: 6, maxLength: 6 }), fc.uint8Array({ minLength: 18, maxLength: 18 }))
const socket = fc.record({
  above: fc.integer({ min: 1, max: 5000 }),
  took: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  again: fc.integer({ min: 0, max: 1e6 }),
})

const written = ({ above, took, again }: { above: number; took: number; again: number }): string =>
  [above, ...(took > 0 || again > 0 ? [took > 0 ? took : undefined] : []), ...(again > 0 ? [again] : [])]
    .map((number) => number?.toString(16) ?? '')
    .join(',')

describe('any output', () => {
  test('of sockets comes back as it was', () => {
    fc.assert(
      fc.property(end, fc.array(socket, { minLength: 1, maxLength: 30 }), (at, sockets) => {
        const hex = Buffer.from(at).toString('hex')
        const [group] = groupsIn(text(`c ${hex} = 1 ${sockets.map(written).join(' ')}`))
        expect([...(group?.roundTrips ?? [])]).toEqual(sockets.map(({ took }) => took))
        expect([...(group?.again ?? [])]).toEqual(sockets.map(({ again }) => again))
        expect(group?.inodes.at(-1)).toBe(sockets.reduce((sum, { above }) => sum + above, 0))
        expect(parseAddress(group?.end?.address ?? '')).toBe(group?.end?.address)
      }),
    )
  })

  test('at all is read without an error, and gives no address that is none', () => {
    const word = fc.oneof(fc.constantFrom('c', 's', 'o', '-', '=', '?', '0a0000010050'), fc.string({ maxLength: 40 }))
    const line = fc.array(word, { maxLength: 8 }).map((words) => words.join(' '))
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), fc.boolean(), (lines, isFramed) => {
        const listing = parseSockets(isFramed ? text(...lines) : lines.join('\n'))
        if (typeof listing !== 'object') return
        const ends = listing.groups.flatMap((group) => group.end ?? [])
        expect(ends.every(({ address, port }) => parseAddress(address) === address && port >= 0)).toBe(true)
      }),
    )
  })
})
