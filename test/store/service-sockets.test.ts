import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Address } from '../../source/events/address.ts'
import type { Event } from '../../source/events/event.ts'
import type { ServiceId } from '../../source/events/names.ts'
import type { Endpoint } from '../../source/events/records.ts'
import type { SocketGroup } from '../../source/events/sockets.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { median } from '../../source/metrics/ranks.ts'
import {
  areAllKnown,
  type ServiceSockets,
  serviceSocketsOf,
  unattributedShare,
} from '../../source/store/service-sockets.ts'
import { figuresOf } from '../../source/store/socket-figures.ts'
import { createStore } from '../../source/store/store.ts'
import { clean } from '../../source/text/clean.ts'
import { lease, nodeRecord, podRecord, put, serviceRecord, sliceRecord } from '../scenarios/kubernetes.ts'
import { clock } from './events.ts'
import { clients, servers, socketsRead } from './sockets.ts'

const here = 'worker-1' as NodeName
const shop = 'payments/shop' as ServiceId

const endpoint = (address: string): Endpoint => ({
  ...{ address: clean(address), ready: true, terminating: false, node: here, pod: undefined },
})

const slice = (service: string, addresses: readonly string[], ports: readonly number[]): Event =>
  put('endpointslice', { ...sliceRecord(service, 0), endpoints: addresses.map(endpoint), ports })

const cluster: readonly Event[] = [
  put('node', nodeRecord('worker-1', { addresses: [{ type: 'InternalIP', text: clean('172.18.0.1') }] })),
  put('pod', podRecord('payments/shop-1', { addresses: ['10.1.0.9' as Address, 'fd00::9' as Address] })),
  put('pod', podRecord('payments/alone', { addresses: ['10.1.0.44' as Address] })),
  put(
    'service',
    serviceRecord(shop, {
      serviceType: 'LoadBalancer',
      clusterAddresses: ['10.96.0.10' as Address, 'fd00:96::a' as Address],
      external: [clean('203.0.113.5')],
      ports: [{ name: clean(''), protocol: clean('TCP'), port: 80, nodePort: 30080 }],
    }),
  ),
  slice(shop, ['10.1.0.9', '10.1.0.10'], [8080]),
  slice('default/kubernetes', ['172.18.0.1'], [6443]),
  slice('payments/twin', ['10.1.0.10'], [8080]),
]

const known = (groups: readonly SocketGroup[], left = 0): ServiceSockets => {
  const store = createStore()
  store.apply([clock(1), ...cluster, ...socketsRead(here, 1, groups, { left })])
  return serviceSocketsOf(store.snapshot())
}

/** Whom one socket is told to talk to. */
const told = (to: string, behind: string) => {
  const { byService, shares } = known([clients(to, behind, { times: [100] })])
  const found = [...byService.values()].flat()[0]
  if (found !== undefined) return [found.service, found.endpoint?.address]
  return Object.entries(shares).find(([, count]) => count > 0)?.[0]
}

describe('whom a socket talks to', () => {
  test.each([
    ['a cluster address, by the reply tuple', '10.96.0.10 80', '10.1.0.9 8080', [shop, '10.1.0.9']],
    ['a cluster address of IPv6', 'fd00:96::a 80', 'fd00::9 8080', [shop, 'fd00::9']],
    ['a cluster address without an entry', '10.96.0.10 80', 'unknown', [shop, undefined]],
    ['an external address', '203.0.113.5 80', '10.1.0.10 8080', [shop, '10.1.0.10']],
    [
      'a node port that another port of the same address answers',
      '172.18.0.1 30080',
      '172.18.0.1 8080',
      [shop, '172.18.0.1'],
    ],
    ['a node port', '172.18.0.1 30080', '10.1.0.9 8080', [shop, '10.1.0.9']],
    ['a pod of one service', '10.1.0.9 8080', 'addressed', [shop, '10.1.0.9']],
    [
      'the node’s own process that is an endpoint',
      '172.18.0.1 6443',
      'addressed',
      ['default/kubernetes', '172.18.0.1'],
    ],
    ['another process of that node', '172.18.0.1 10250', 'addressed', 'others'],
    ['a pod of a service, at a port that is not the service’s', '10.1.0.9 22', 'addressed', 'others'],
    ['a pod of no service', '10.1.0.44 8080', 'unknown', 'others'],
    ['a pod of two services at one port', '10.1.0.10 8080', 'addressed', 'ambiguous'],
    ['nobody of the cluster', '198.51.100.7 443', 'addressed', 'outside'],
  ])('is told by %s', (_, to, behind, expected) => {
    expect(told(to, behind)).toEqual(expected)
  })

  test('is shown as a share where it is not known, of all that may be a service’s', () => {
    const { shares } = known(
      [
        clients('10.96.0.10 80', '10.1.0.9 8080', { sockets: 90 }),
        clients('10.96.0.10 80', 'unknown', { sockets: 4 }),
        clients('10.1.0.10 8080', 'addressed', { sockets: 3 }),
        clients('198.51.100.7 443', 'unknown', { sockets: 50 }),
        { ...clients('10.0.0.1 1', 'unknown', { sockets: 1 }), role: 'other' },
      ],
      2,
    )
    expect(shares).toEqual({ services: 90, endpointless: 4, ambiguous: 3, others: 0, outside: 50, untold: 3 })
    expect(unattributedShare(shares)).toBe(10)
  })

  test('is no share where there was nothing to attribute', () => {
    expect(unattributedShare(known([]).shares)).toBeNaN()
  })
})

describe('sockets that were accepted', () => {
  test('are an endpoint’s own, and never of the clients', () => {
    const { byService, shares } = known([servers('10.1.0.9 8080', { times: [900] })])
    expect(byService.get(shop)?.map(({ group }) => group.role)).toEqual(['server'])
    expect(shares.services).toBe(0)
  })
})

describe('nodes that tell no sockets of pods', () => {
  test('are counted, and what they told before is not of now', () => {
    const store = createStore()
    store.apply([clock(1), ...cluster, ...socketsRead(here, 1, [clients('10.96.0.10 80', '10.1.0.9 8080')])])
    store.apply([clock(200)])
    expect(serviceSocketsOf(store.snapshot())).toMatchObject({ nodes: { read: 0, of: 1 }, byService: new Map() })
  })

  test('with sockets of the host alone do not count either', () => {
    const store = createStore()
    const [, sample, sockets] = socketsRead(here, 1, [clients('10.96.0.10 80', '10.1.0.9 8080')])
    const host = { tier: clean('ss'), scope: 'host' } as const
    store.apply([clock(1), { type: 'origin', subject: { node: here }, metric: 'rtt.sockets', origin: host }])
    store.apply([sample, sockets].flatMap((event) => event ?? []))
    expect(serviceSocketsOf(store.snapshot()).nodes).toEqual({ read: 0, of: 1 })
  })
})

describe('what a reading means', () => {
  const of = (...more: readonly Event[]) => {
    const store = createStore()
    store.apply([clock(1), ...cluster, ...socketsRead(here, 1, [clients('10.96.0.10 80', '10.1.0.9 8080')])])
    const before = serviceSocketsOf(store.snapshot())
    store.apply(more)
    return {
      before: before.byService.get(shop)?.[0],
      after: serviceSocketsOf(store.snapshot()).byService.get(shop)?.[0],
    }
  }

  test('is worked out once, whatever else of the cluster changes', () => {
    const pod = podRecord('payments/alone', { addresses: ['10.1.0.44' as Address], ready: false, restarts: 7 })
    const { before, after } = of(put('pod', pod), put('lease', lease('worker-1', 7)))
    expect(before).toBeDefined()
    expect(after).toBe(before)
  })

  test('is worked out anew where endpoints, services or addresses change', () => {
    for (const event of [
      slice(shop, ['10.1.0.9'], [8081]),
      put('service', serviceRecord('payments/new')),
      put('pod', podRecord('payments/new', { addresses: ['10.1.0.77' as Address] })),
    ]) {
      const { before, after } = of(event)
      expect(after).toEqual(before)
      expect(after).not.toBe(before)
    }
  })
})

describe('what is known of all sockets', () => {
  const whole = clients('10.96.0.10 80', '10.1.0.9 8080', { sockets: 3 })

  test('is all where every node tells of every namespace, and nothing is left over', () => {
    expect(areAllKnown(known([whole]))).toBe(true)
    expect(areAllKnown(known([whole], 1))).toBe(false)
    expect(areAllKnown(known([whole, clients('10.1.0.10 8080', 'addressed', { sockets: 1 })]))).toBe(false)
    expect(areAllKnown(known([{ ...whole, role: 'other' }]))).toBe(false)
  })

  test('is a part where a namespace was not read, or a node tells nothing', () => {
    const store = createStore()
    store.apply([clock(1), ...cluster, ...socketsRead(here, 1, [whole])])
    expect(serviceSocketsOf(store.snapshot()).isPart).toBe(false)
    const origin = { tier: clean('sock_diag'), scope: 'node', namespaces: { read: 2, of: 3 } } as const
    store.apply([{ type: 'origin', subject: { node: here }, metric: 'rtt.sockets', origin }])
    expect(serviceSocketsOf(store.snapshot())).toMatchObject({ isPart: true, nodes: { read: 1, of: 1 } })
    expect(areAllKnown(serviceSocketsOf(store.snapshot()))).toBe(false)
    store.apply([clock(200)])
    expect(serviceSocketsOf(store.snapshot()).isPart).toBe(true)
  })
})

describe('figures of sockets taken together', () => {
  const of = (...times: readonly (readonly number[])[]) =>
    figuresOf(
      times.map((own) => ({
        ...{ service: shop, node: here, endpoint: undefined, seconds: 10 },
        group: clients('10.96.0.10 80', 'unknown', { times: own, least: Math.min(...own), again: 5 }),
      })),
    )

  test('are the middle of all, the least, the greatest, and what was sent again by the second', () => {
    expect(of([100, 400], [200, 300, 900])).toEqual({
      ...{ sockets: 5, observations: 5, p50: 0.3, p99: Number.NaN, max: 0.9, least: 0.1, again: 1 },
    })
  })

  test('have a 99th percentile from 500 observations on', () => {
    const times = Array.from({ length: 250 }, (_, index) => 1000 + index)
    expect(of(times, times.slice(1)).p99).toBeNaN()
    expect(of(times, times).p99).toBe(1.247)
  })

  test('of more groups than a call takes arguments are told, in one pass over them', () => {
    const group = clients('10.96.0.10 80', 'unknown', { times: [200], least: 90, again: 1 })
    const one = { ...{ service: shop, node: here, endpoint: undefined, seconds: 10 }, group }
    const figures = figuresOf(Array.from({ length: 200_000 }, () => one))
    expect(figures).toMatchObject({ sockets: 200_000, p50: 0.2, p99: 0.2, max: 0.2, least: 0.09 })
    expect(figures.again).toBeCloseTo(20_000)
  })

  test('are those of each rank in all of the times, however they are spread over groups', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat(1_000_000), { minLength: 1 }), { minLength: 1, maxLength: 200 }),
        (times) => {
          const sorted = times.flat().sort((less, more) => less - more)
          const { p50, p99, max, least } = of(...times)
          expect([p50, max, least]).toEqual([
            median(sorted) / 1000,
            (sorted.at(-1) ?? 0) / 1000,
            (sorted[0] ?? 0) / 1000,
          ])
          expect(p99).toBe(sorted.length < 500 ? Number.NaN : (sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0) / 1000)
        },
      ),
    )
  })

  test('have no rate of what is sent again, where that of one of them is not known yet', () => {
    const group = (again: number, seconds: number) => ({
      ...{ service: shop, node: here, endpoint: undefined, seconds },
      group: clients('10.96.0.10 80', 'unknown', { times: [200], again }),
    })
    expect(figuresOf([group(5, 10), group(Number.NaN, Number.NaN)]).again).toBeNaN()
    expect(figuresOf([group(5, 10), group(0, 10)]).again).toBe(0.5)
  })

  test('of none are none, not 0', () => {
    expect(figuresOf([])).toMatchObject({ sockets: 0, p50: Number.NaN, again: Number.NaN })
  })
})
