import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Address } from '../../source/events/address.ts'
import type { Event } from '../../source/events/event.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { attributionOf, lingerOf } from '../../source/store/attribution.ts'
import type { Records } from '../../source/store/records.ts'
import { createStore } from '../../source/store/store.ts'
import { clean } from '../../source/text/clean.ts'
import { nodeRecord, podRecord, put, serviceRecord } from '../scenarios/kubernetes.ts'
import { clock } from './events.ts'
import { flowGroup } from './flow-arbitraries.ts'

const address = (text: string): Address => text as Address
const here = 'worker-1' as NodeName

const known = (...events: readonly Event[]): Records => {
  const store = createStore()
  store.apply([clock(1), ...events])
  return store.snapshot().records
}

const nodes = ['worker-1', 'worker-2'].map((name, index) =>
  put('node', nodeRecord(name, { addresses: [{ type: 'InternalIP', text: clean(`172.18.0.${index + 1}`) }] })),
)

const records = known(
  ...nodes,
  put('pod', podRecord('payments/api', { addresses: [address('10.1.0.7'), address('fd00::7')] })),
  put('pod', podRecord('payments/shop-1', { addresses: [address('10.1.0.9'), address('fd00::9')] })),
  put('pod', podRecord('kube-system/proxy', { hostNetwork: true, addresses: [address('172.18.0.1')] })),
  put(
    'service',
    serviceRecord('payments/shop', {
      serviceType: 'LoadBalancer',
      clusterAddresses: [address('10.96.0.10'), address('fd00:96::a')],
      external: [clean('203.0.113.5'), clean('lb.example')],
      ports: [{ name: clean(''), protocol: clean('TCP'), port: 80, nodePort: 30080 }],
    }),
  ),
)

const shop = { kind: 'service', id: 'payments/shop' }
const api = { kind: 'pod', id: 'payments/api' }
const shopPod = { kind: 'pod', id: 'payments/shop-1' }

describe('a tracked connection', () => {
  test('of a pod to a cluster address is the pod’s, to the service, answered by the pod that was chosen', () => {
    expect(attributionOf(records, here, flowGroup())).toEqual({
      client: api,
      destination: { ...shop, by: 'cluster address' },
      backend: shopPod,
    })
  })

  test('over IPv6 is told the same', () => {
    const group = flowGroup({
      source: address('fd00::7'),
      destination: address('fd00:96::a'),
      answerer: address('fd00::9'),
      answered: address('fd00::7'),
    })
    expect(attributionOf(records, here, group)).toEqual({
      client: api,
      destination: { ...shop, by: 'cluster address' },
      backend: shopPod,
    })
  })

  test('to a service that nobody serves has no backend', () => {
    const group = flowGroup({ answerer: address('10.96.0.10'), standing: 'unreplied' })
    expect(attributionOf(records, here, group)).toEqual({
      client: api,
      destination: { ...shop, by: 'cluster address' },
    })
  })

  test('from outside to a node port is the service’s by the port, and who stands in for the client is told', () => {
    const group = flowGroup({
      source: address('198.51.100.3'),
      destination: address('172.18.0.1'),
      port: 30080,
      answered: address('172.18.0.1'),
    })
    expect(attributionOf(records, here, group)).toEqual({
      client: { kind: 'other', address: '198.51.100.3' },
      destination: { ...shop, by: 'node port' },
      backend: shopPod,
      disguise: { kind: 'node', name: 'worker-1' },
    })
  })

  test('to a node port that a process of the node itself answers on another port is the service’s', () => {
    const destination = address('172.18.0.1')
    const group = flowGroup({ destination, port: 30080, answerer: destination, answererPort: 8080 })
    expect(attributionOf(records, here, group)).toEqual({
      client: api,
      destination: { ...shop, by: 'node port' },
      backend: { kind: 'node', name: 'worker-1' },
    })
    expect(attributionOf(records, here, { ...group, answererPort: 30080 })).not.toHaveProperty('backend')
  })

  test('to the number of a node port that was not translated is the node’s own', () => {
    const destination = address('172.18.0.1')
    const group = flowGroup({ destination, port: 30080, answerer: destination })
    expect(attributionOf(records, here, group)).toEqual({
      client: api,
      destination: { kind: 'node', name: 'worker-1' },
    })
  })

  test('to an external address is the service’s that has it, for its own ports only', () => {
    const group = flowGroup({ destination: address('203.0.113.5') })
    expect(attributionOf(records, here, group).destination).toEqual({ ...shop, by: 'external address' })
    const other = { ...group, port: 443, answerer: group.destination }
    expect(attributionOf(records, here, other).destination).toEqual({ kind: 'other', address: '203.0.113.5' })
  })

  test('of a pod that is masqueraded on its way out stays the pod’s', () => {
    const destination = address('198.51.100.9')
    const group = flowGroup({ destination, answerer: destination, answered: address('172.18.0.1') })
    expect(attributionOf(records, here, group)).toEqual({
      client: api,
      destination: { kind: 'other', address: '198.51.100.9' },
      disguise: { kind: 'node', name: 'worker-1' },
    })
  })

  test('of a pod on the host network is the node’s, whose address it has', () => {
    const group = flowGroup({ source: address('172.18.0.1'), answered: address('172.18.0.1') })
    expect(attributionOf(records, here, group).client).toEqual({ kind: 'node', name: 'worker-1' })
  })

  test('of loopback is that of the node whose table it is', () => {
    const group = flowGroup({ source: address('127.0.0.1'), answered: address('127.0.0.1') })
    expect(attributionOf(records, 'worker-2' as NodeName, group).client).toEqual({ kind: 'node', name: 'worker-2' })
  })

  const anyAddress = fc
    .oneof(
      fc.constantFrom('10.1.0.7', '10.1.0.9', '10.96.0.10', '172.18.0.1', '172.18.0.2', '203.0.113.5', 'fd00::7'),
      fc.ipV4(),
    )
    .map(address)

  test('has a backend where its destination was translated, and a stand-in where its source was, and else neither', () => {
    fc.assert(
      fc.property(
        anyAddress,
        anyAddress,
        anyAddress,
        anyAddress,
        fc.constantFrom(80, 30080, 9),
        (source, destination, answerer, answered, port) => {
          const group = flowGroup({ source, destination, answerer, answered, port })
          const told = attributionOf(records, here, group)
          expect('backend' in told).toBe(answerer !== destination)
          expect('disguise' in told).toBe(answered !== source)
          // A client is never told by what became of it.
          expect(told.client).toEqual(attributionOf(records, here, { ...group, answerer: destination }).client)
        },
      ),
    )
  })
})

describe('how long an entry stays', () => {
  const timeouts = new Map([
    ['udp_timeout', 30],
    ['udp_timeout_stream', 120],
    ['tcp_timeout_time_wait', 120],
    ['tcp_timeout_established', 432_000],
    ['icmp_timeout', 30],
  ])
  test.each([
    ['udp', '', 'replied', 30],
    ['udp', '', 'assured', 120],
    ['tcp', 'TIME_WAIT', 'assured', 120],
    ['tcp', 'ESTABLISHED', 'assured', undefined],
    ['tcp', 'NEVER_HEARD_OF', 'assured', undefined],
    ['icmp', '', 'unreplied', 30],
  ] as const)('%s %s %s: %s s', (protocol, state, standing, seconds) => {
    expect(lingerOf({ protocol: clean(protocol), state: clean(state), standing }, timeouts)).toBe(seconds)
  })
})
