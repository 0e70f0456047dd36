import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Address } from '../../source/events/address.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { fillOf, type Level } from '../../source/store/fill.ts'
import type { Records } from '../../source/store/records.ts'
import { createStore } from '../../source/store/store.ts'
import { clean } from '../../source/text/clean.ts'
import { podRecord, put, serviceRecord } from '../scenarios/kubernetes.ts'
import { clock } from './events.ts'
import { flowGroup, flowsLook, newGroup } from './flow-arbitraries.ts'

const node = 'worker-1' as NodeName
const udp = { protocol: clean('udp'), state: clean(''), port: 53, standing: 'replied' } as const

const records = ((): Records => {
  const store = createStore()
  store.apply([
    clock(1),
    put('pod', podRecord('payments/api')),
    put('pod', podRecord('payments/shop-1', { addresses: ['10.1.0.9' as Address] })),
    put('pod', podRecord('payments/shop-2', { addresses: ['10.1.0.10' as Address] })),
    put('service', serviceRecord('payments/shop')),
  ])
  return store.snapshot().records
})()

const only = (shares: ReturnType<typeof fillOf>['shares']) => {
  const [share, ...others] = shares
  expect(others).toEqual([])
  if (share === undefined) throw new Error('nothing is told')
  return share
}

describe('who fills a table', () => {
  const groups = [
    flowGroup({ count: 60 }),
    flowGroup({ count: 30, answerer: '10.1.0.10' as Address }),
    flowGroup({ count: 10, state: clean('TIME_WAIT') }),
  ]

  test('is told by client and service, whatever the backend and the state', () => {
    const share = only(fillOf(flowsLook(groups, [], { rest: 100 }), records, node, 'pairs').shares)
    expect(share).toMatchObject({ entries: 100, share: 50, assured: 100, unreplied: 0, began: 0, expected: 0 })
    expect(share.backends).toEqual([
      { what: { kind: 'pod', id: 'payments/shop-1' }, count: 70 },
      { what: { kind: 'pod', id: 'payments/shop-2' }, count: 30 },
    ])
    expect(share.states).toEqual([
      { what: 'ESTABLISHED', count: 90 },
      { what: 'TIME_WAIT', count: 10 },
    ])
  })

  test('is told by backend and state in detail', () => {
    const { shares } = fillOf(flowsLook(groups), records, node, 'detail')
    expect(shares.map(({ entries }) => entries)).toEqual([60, 30, 10])
  })

  test('expects of UDP what its rate and its timeout come to', () => {
    const look = flowsLook([flowGroup({ ...udp, count: 300 })], [newGroup({ ...udp, count: 50, timeout: 10 })])
    // 10 a second, 30 s each.
    expect(only(fillOf(look, records, node, 'pairs').shares)).toMatchObject({ began: 10, expected: 300 })
  })

  test('expects of those that are not listed what the kernel gave them', () => {
    const look = flowsLook([], [newGroup({ count: 50, timeout: 120 })], { rest: 5 })
    const share = only(fillOf(look, records, node, 'pairs').shares)
    expect(share).toMatchObject({ began: 10, expected: 1200 })
    expect(share.entries).toBeNaN()
  })

  test('counts who answers once, though a new connection is listed, too', () => {
    const began = [newGroup({ count: 50 }), newGroup({ count: 4, port: 81 })]
    const { shares } = fillOf(flowsLook([flowGroup({ count: 60 })], began), records, node, 'pairs')
    expect(shares.map(({ backends }) => backends.map(({ count }) => count))).toEqual([[60], [4]])
  })

  test('is the least that it may be where some are in no group that is told', () => {
    const shares = (rest: number, lossy: boolean) => {
      const look = flowsLook([flowGroup()], [newGroup()], { rest })
      if (look.listed?.began === undefined) throw new Error('nothing began')
      const listed = { ...look.listed, began: { ...look.listed.began, isLossy: lossy } }
      const fill = fillOf({ ...look, listed }, records, node, 'pairs')
      return [fill.isLeast, ...fill.shares.map(({ isLeast, isLeastNew }) => [isLeast, isLeastNew])]
    }
    expect(shares(0, false)).toEqual([false, [false, false]])
    expect(shares(7, true)).toEqual([true, [true, true]])
  })

  test('knows no rate where nobody listened', () => {
    const { listed, ...look } = flowsLook(groups)
    if (listed === undefined) throw new Error('nothing is listed')
    const { began, ...alone } = listed
    expect(began?.total).toBe(0)
    const share = only(fillOf({ ...look, listed: alone }, records, node, 'pairs').shares)
    expect([share.began, share.expected]).toEqual([Number.NaN, Number.NaN])
  })

  test('is nobody where nothing was listed', () => {
    const { listed, ...look } = flowsLook(groups)
    expect(listed?.cost).toBe(190)
    expect(fillOf(look, records, node, 'pairs').shares).toEqual([])
  })

  const anyGroup = fc
    .record({
      source: fc.constantFrom('10.1.0.7', '10.1.0.9', '192.0.2.1').map((text) => text as Address),
      destination: fc.constantFrom('10.96.0.10', '10.1.0.9', '192.0.2.2').map((text) => text as Address),
      standing: fc.constantFrom('assured' as const, 'unreplied' as const, 'replied' as const),
      count: fc.integer({ min: 1, max: 1000 }),
    })
    .map(flowGroup)

  test('adds up to all that was told, at both levels', () => {
    fc.assert(
      fc.property(
        fc.array(anyGroup),
        fc.constantFrom<Level>('pairs', 'detail'),
        fc.nat({ max: 50 }),
        (groups, level, rest) => {
          const fill = fillOf(flowsLook(groups, [], { rest }), records, node, level)
          const told = groups.reduce((sum, { count }) => sum + count, 0)
          expect(fill.shares.reduce((sum, { entries }) => sum + entries, 0)).toBe(told)
          expect(Object.values(fill.clients).reduce((sum, count) => sum + count, 0)).toBe(told)
          expect(fill.assured + fill.unreplied).toBeLessThanOrEqual(told)
          expect(new Set(fill.shares.map(({ id }) => id)).size).toBe(fill.shares.length)
        },
      ),
    )
  })
})
