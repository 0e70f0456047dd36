import { describe, expect, test } from 'vitest'
import type { Event } from '../../source/events/event.ts'
import type { Endpoint } from '../../source/events/records.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { clean } from '../../source/text/clean.ts'
import { clients, servers, socketsRead } from '../store/sockets.ts'
import { clock } from './cluster.ts'
import { type Driver, open } from './driver.ts'
import { allLive, api, cluster, lacking, podRecord, put, serviceRecord, sliceRecord, source } from './kubernetes.ts'

const [one, other] = ['worker-1', 'worker-2'] as unknown as readonly [NodeName, NodeName]

const endpoint = (index: number, node: NodeName, ready = true): Endpoint => ({
  ...{ address: clean(`10.1.0.${index}`), ready, terminating: false, node },
  pod: podRecord(`payments/shop-${index}`).id,
})

const records: readonly Event[] = [
  put('service', serviceRecord('payments/shop')),
  put('service', serviceRecord('payments/quiet', { clusterAddresses: [] })),
  put('pod', podRecord('payments/shop-7')),
  put('endpointslice', {
    ...sliceRecord('payments/shop', 0),
    endpoints: [endpoint(7, one), endpoint(8, other), endpoint(9, other, false)],
    ports: [8080],
  }),
]

const sockets = (seconds: number): readonly Event[] => [
  ...socketsRead(one, seconds, [
    clients('10.96.0.10 80', '10.1.0.7 8080', { times: [200, 300, 400], least: 90, again: 4 }),
    clients('10.96.0.10 80', '10.1.0.8 8080', { times: [180_000], least: 900 }),
    clients('10.96.0.10 80', 'unknown', { sockets: 2 }),
    servers('10.1.0.7 8080', { times: [41_000, 43_000], least: 80 }),
  ]),
  ...socketsRead(other, seconds, [clients('10.96.0.10 80', '10.1.0.8 8080', { times: [500], least: 100 })]),
]

const services = (terminal = { columns: 80, rows: 24 }): Driver => {
  const at = open({ nodes: 2, terminal })
  at.say(cluster(), api(), ...allLive, ...records, ...sockets(102), clock(103))
  at.press(':')
  at.type('services')
  at.press('enter')
  return at
}

const rowsOf = (at: Driver): readonly string[] =>
  at.body.filter((line) => /^(shop|not known|10\.)/.test(line)).map((line) => line.replace(/ +/g, ' '))

describe('the services of a cluster', () => {
  test('have the median of the sockets that talk to them at 80x24, and those of servers are not in it', () => {
    services().sees(/payments +shop .* 0\.4ms/, /payments +quiet .* - /)
  })

  test('have all of it where there is room: the maximum, marked, for a percentile of too few', () => {
    const at = services({ columns: 200, rows: 55 })
    at.sees(/RTT50 +RTT99 +RTTMIN +RETR\/s +SOCKETS/, /shop .* 0\.4ms +max180ms +90us +0\.4 +7 /)
    at.sees(/quiet .* - +- +- +- +0 /)
  })

  test('have no 0 where some sockets are not known to be whose', () => {
    const at = services({ columns: 200, rows: 55 })
    const talks = [clients('10.96.0.10 80', '10.1.0.7 8080', { times: [200], again: 10 })]
    at.say(...socketsRead(one, 104, talks, { left: 3 }), ...socketsRead(other, 104, []))
    at.sees(/quiet .* \? +\? +\? +\? +\? /)
    at.say(...socketsRead(one, 105, talks))
    at.sees(/quiet .* - +- +- +- +0 /)
  })

  test('of which some nodes tell nothing have at least so many sockets, and say how many nodes tell', () => {
    const at = services({ columns: 200, rows: 55 })
    at.seesNot('tell their sockets')
    at.say({
      ...{ type: 'origin', subject: { node: other }, metric: 'rtt.sockets' },
      origin: { missing: 'denied', advice: clean('needs root') },
    })
    at.sees(/shop .* 0\.35ms .* ≥0\.4 +≥6 /, /quiet .* \? +\? +\? +\? +\? /, '1 of 2 nodes tell their sockets')
  })

  test('have no rate of what is sent again, where it is not known of all of their sockets', () => {
    const at = services({ columns: 200, rows: 55 })
    const talks = [clients('10.96.0.10 80', '10.1.0.7 8080', { times: [200], again: Number.NaN })]
    at.say(...socketsRead(other, 104, talks, { seconds: Number.NaN }))
    at.sees(/shop .* - +7 /)
  })

  test('stand in the band of a node’s median', () => {
    const at = services()
    at.say(...socketsRead(one, 104, [clients('10.96.0.10 80', '10.1.0.7 8080', { times: [160_000, 170_000] })]))
    at.say(...socketsRead(other, 104, []))
    at.sees(/shop .*△165ms/)
  })

  test('say ? where no node tells the sockets of its pods, never 0', () => {
    const at = open({ nodes: 2 })
    at.say(cluster(), api(), ...allLive, ...records)
    at.press(':')
    at.type('services')
    at.press('enter')
    at.sees(/payments +shop .* \? /)
    at.press('down', 'enter')
    at.sees(/no node tells the sockets of its pods\. worker-1 tells those of the host only │\n│ \(ss\)/)
  })
})

describe('a service', () => {
  const opened = (terminal = { columns: 80, rows: 24 }): Driver => {
    const at = services(terminal)
    at.press('/')
    at.type('shop')
    at.press('enter', 'enter')
    return at
  }

  test('shows each endpoint by the node that measures: slow ones first, those of servers apart and last', () => {
    const at = opened({ columns: 200, rows: 55 })
    expect(at.title).toMatch('service(payments/shop)[6]')
    expect(rowsOf(at)).toEqual(
      [
        'shop-8 worker-2 clients worker-1 ready △180ms max180ms 0.9ms 0 1',
        'shop-8 worker-2 clients worker-2 ready 0.5ms max0.5ms 0.1ms 0 1',
        'shop-7 worker-1 clients worker-1 ready 0.3ms max0.4ms 90us 0.4 3',
        'not known - clients worker-1 - - - - 0 2',
        'shop-9 worker-2 - - △ not ready ? ? ? ? ?',
        'shop-7 worker-1 server worker-1 ready 42ms max43ms 80us 0 2',
      ].map((line) => line.replace('△ not ready', 'not ready')),
    )
  })

  test('says how much could not be attributed, and how it was taken', () => {
    opened().sees(
      '7 sockets of clients, 5 of them of the last 5 s; not attributed: 28.6%',
      'sockets of all: 7 to services, 2 of them nobody knows to which endpoint',
      'kernel TCP_INFO of every namespace; endpoints by conntrack reply tuples',
    )
  })

  test('has endpoint, node, median and what was sent again at 80x24', () => {
    opened().sees(/ENDPOINT.*SEEN BY.*FROM.*RTT50.*RETR/, /shop-7 .* clients +worker-1 .* 0\.3ms/)
  })

  test('says below the table what a row is', () => {
    const at = opened()
    at.sees(/shop-8 on worker-2 at 10\.1\.0\.8 port 8080: round trips as clients on worker-1\n +measure them/)
    at.press('G')
    at.sees(/towards clients, as the\n +server on worker-1 measures them/)
  })

  test('leads to the pod, to the node that measures, and to what its figure means', () => {
    const at = opened()
    at.press('j', 'j', 'enter')
    expect(at.title).toMatch('payments/shop-7')
    at.press('esc', 'o')
    expect(at.title).toMatch('worker-1')
    at.press('esc', 'x')
    expect(at.title).toMatch('explain(worker-1 rtt.p50)')
  })

  test('has endpoints that nobody talks to, where whose every socket is stands', () => {
    const at = opened({ columns: 200, rows: 55 })
    at.say(...socketsRead(one, 104, [clients('10.96.0.10 80', '10.1.0.7 8080', { times: [200] })]))
    at.say(...socketsRead(other, 104, []))
    expect(rowsOf(at)).toContain('shop-9 worker-2 - - not ready - - - - 0')
  })

  test('has endpoints of earlier marked as such, once nobody tells of them', () => {
    const at = opened()
    at.say(source('endpointslices', 'stale'))
    expect(at.title).toMatch(/service\(payments\/shop\)\[6\] endpoints stale/)
  })

  test('without rows says why there are none, and what a key lacks', () => {
    const at = services()
    const typed = (text: string): void => {
      at.press(':')
      at.type(text)
      at.press('enter')
    }
    typed('nodes')
    typed('service')
    at.sees('choose a service in :services, or :service NAMESPACE/NAME')
    typed('service payments/quiet')
    at.sees('this service has no endpoints, and no socket is known to talk to it')
    at.press('x')
    expect(at.screen.slice(-3).join(' ')).toMatch('this service has no endpoints')
    at.say(source('endpointslices', 'denied', { lacking: [lacking('list endpointslices')] }))
    at.sees('its endpoints are not known, and no socket is known to talk to it')
  })

  test('is opened by its name, and says what is no name', () => {
    const at = services()
    const typed = (text: string): void => {
      at.press(':')
      at.type(text)
      at.press('enter')
    }
    typed('service payments/shop')
    expect(at.title).toMatch('service(payments/shop)')
    typed('service payments/none')
    at.sees('no service is known as')
    typed('service ../x')
    at.sees('a service is named NAMESPACE/NAME')
  })

  test('of which a node tells nothing says so, and counts the others', () => {
    const at = opened()
    at.say({
      ...{ type: 'origin', subject: { node: other }, metric: 'rtt.sockets' },
      origin: { missing: 'denied', advice: clean('needs root') },
    })
    at.sees('1 of 2 nodes tell theirs', 'worker-2: needs root')
  })
})
