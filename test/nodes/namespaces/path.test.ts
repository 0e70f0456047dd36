import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Socket } from '../../../source/events/looks.ts'
import { pathLook } from '../../../source/nodes/namespaces/path.ts'
import { queueIn, withRates } from '../../../source/nodes/namespaces/path-interfaces.ts'
import { partnersOf } from '../../../source/nodes/namespaces/path-partners.ts'
import { clean } from '../../../source/text/clean.ts'
import { socket } from '../../scenarios/looks.ts'
import { readBy, seenOf } from './seen.ts'

const dev = (drops = 0): string => `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:     100       1    0    0    0     0          0         0      100       1    0    0    0     0       0          0
  eth0:    4610      51    0    ${drops}    0     0          0         0     8298      83    0    0    0     0       0          0`

const snmp = (sent: number, again: number): string =>
  `RtoAlgorithm RtoMin InSegs OutSegs RetransSegs InErrs\n1 200 9 ${sent} ${again} 0`

const links = JSON.stringify([
  { ifindex: 1, ifname: 'lo', qdisc: 'noqueue' },
  { ifindex: 2, link_index: 6, ifname: 'eth0', qdisc: 'noqueue', link_netnsid: 0, linkinfo: { info_kind: 'veth' } },
])

const queue = `qdisc fq_codel 8001: root refcnt 2 limit 10240p flows 1024 quantum 1514
 Sent 400 bytes 4 pkt (dropped 7, overlimits 0 requeues 0)
 backlog 12Kb 9p requeues 0`

const ss = (...lines: readonly string[]): string => lines.join('\n')
const open = (peer: string, rtt: number, more = ''): string =>
  `tcp ESTAB 0 0 10.92.1.4:50000 ${peer}\n\t cubic rtt:${rtt}/0.1 minrtt:0.05 cwnd:10 bytes_sent:5${more}`

const sections = {
  snmp: snmp(1000, 10),
  dev: dev(),
  links,
  'outside 6 2': 'veth497ba6c3 1 2 0 0',
  'queue veth497ba6c3': queue,
  'bridge 6': 'cni0 0 5 0 0',
  ss: ss(
    'tcp LISTEN 0 128 0.0.0.0:8080 0.0.0.0:*',
    open('10.93.0.10:53', 0.4),
    open('10.93.0.10:53', 0.8, ' retrans:0/3'),
    open('10.92.2.3:9000', 5),
  ),
}

describe('a look at the path', () => {
  test('tells both ends of the cable, what it is plugged into, and whom the pod talks to', () => {
    const look = readBy(pathLook, seenOf(sections))
    expect(look).toMatchObject({
      tcp: { sent: 1000, sentAgain: 10 },
      inside: { name: 'eth0', drops: 0, errors: 0 },
      outside: { name: 'veth497ba6c3', drops: 3, errors: 0, queue: { name: 'fq_codel', backlog: 12_288, drops: 7 } },
      bridge: { name: 'cni0', drops: 5 },
      beyond: 0,
      lacks: [],
    })
    expect(look.partners).toEqual([
      {
        address: '10.93.0.10',
        port: 53,
        sockets: 2,
        over: 0,
        opening: 0,
        rtt: expect.closeTo(0.6),
        leastRtt: 0.05,
        retransmits: 3,
        sendQueue: 0,
      },
      {
        address: '10.92.2.3',
        port: 9000,
        sockets: 1,
        over: 0,
        opening: 0,
        rtt: 5,
        leastRtt: 0.05,
        retransmits: 0,
        sendQueue: 0,
      },
    ])
    expect(look.tcp?.window).toBeUndefined()
    expect(look.byHand).toContain('tc -s qdisc show dev veth497ba6c3')
  })

  test('has rates from the second look on', () => {
    const first = readBy(pathLook, seenOf(sections))
    const next = pathLook.read(seenOf({ ...sections, snmp: snmp(1500, 35), dev: dev(20) }), { look: first, seconds: 5 })
    expect(next).toMatchObject({
      tcp: { window: { seconds: 5, sent: 500, sentAgain: 25 } },
      inside: { dropsPerSecond: 4 },
      outside: { dropsPerSecond: 0 },
    })
  })

  test('has a window where only repeats are sent, and none where nothing is', () => {
    const look = readBy(pathLook, seenOf(sections))
    const after = (sent: number, again: number) =>
      pathLook.read(seenOf({ ...sections, snmp: snmp(sent, again) }), { look, seconds: 5 })
    expect(after(1000, 18)).toMatchObject({ tcp: { window: { seconds: 5, sent: 0, sentAgain: 8 } } })
    expect(after(1000, 10)).not.toHaveProperty('tcp.window')
    expect(after(10, 10)).not.toHaveProperty('tcp.window')
  })

  test.each([
    ['another process', { pid: 8, namespace: 1 }],
    ['another namespace', { pid: 7, namespace: 2 }],
  ])('has no rates from a look into %s', (_, before) => {
    const first = readBy(pathLook, seenOf(sections, before))
    const next = pathLook.read(seenOf({ ...sections, snmp: snmp(1500, 35), dev: dev(20) }, { pid: 7, namespace: 1 }), {
      look: first,
      seconds: 5,
    })
    expect(next).not.toHaveProperty('tcp.window')
    expect(next).not.toHaveProperty('inside.dropsPerSecond')
    expect(next).not.toHaveProperty('outside.dropsPerSecond')
    expect(next).toMatchObject({ tcp: { sent: 1500 }, outside: { drops: 3 } })
  })

  test('takes no cable for its own that has both ends in the pod, whatever its numbers', () => {
    const own = JSON.stringify([{ ifindex: 2, link_index: 6, ifname: 'eth0', linkinfo: { info_kind: 'veth' } }])
    const look = readBy(pathLook, seenOf({ ...sections, links: own }))
    expect([look.inside?.name, look.outside, look.bridge]).toEqual(['eth0', undefined, undefined])
  })

  test('of a pod on the network of its node has no cable', () => {
    const look = readBy(
      pathLook,
      seenOf({ snmp: snmp(1, 0), dev: dev(), ss: open('10.92.2.3:1', 1) }, { isHost: true }),
    )
    expect([look.inside, look.outside, look.bridge]).toEqual([undefined, undefined, undefined])
  })

  test('without root tells what the tables say, and what root would add', () => {
    const look = readBy(pathLook, seenOf({ snmp: snmp(1, 0), dev: dev(2), order: '4e61', tcp: '' }, { right: 'user' }))
    expect(look.inside).toMatchObject({ name: 'eth0', drops: 2 })
    expect(look.outside).toBeUndefined()
    expect(look.lacks.map(({ what }) => what)).toEqual([
      'round trips and retransmits of its sockets',
      "the node's end of its cable",
    ])
  })

  test('that may read nothing says so', () => {
    expect(pathLook.read(seenOf({}), undefined)).toEqual({ cause: expect.stringContaining('hidepid') })
  })
})

describe('a queue', () => {
  test('is the one of the interface that is meant, where all are told', () => {
    const all = [
      'qdisc noqueue 0: dev lo root refcnt 2',
      ' Sent 0 bytes 0 pkt (dropped 0, overlimits 0 requeues 0)',
      ' backlog 0b 0p requeues 0',
      'qdisc pfifo 8002: dev eth0 root refcnt 2 limit 100p',
      ' Sent 9 bytes 1 pkt (dropped 4, overlimits 0 requeues 0)',
      ' backlog 9b 1p requeues 0',
    ]
    expect(queueIn(all, 'eth0')).toEqual({ name: 'pfifo', backlog: 9, drops: 4 })
    expect(queueIn(all, 'eth1')).toBeUndefined()
  })

  test('is never made of garbage', () => {
    fc.assert(fc.property(fc.array(fc.string()), (lines) => void queueIn(lines, 'eth0')))
  })
})

test('counters that went back, or of another interface, tell no rate', () => {
  const one = { name: clean('eth0'), drops: 5, errors: 0 }
  expect(withRates(one, { ...one, drops: 9 }, 5)).toEqual(one)
  expect(withRates(one, { ...one, name: clean('eth1'), drops: 0 }, 5)).toEqual(one)
  expect(withRates(one, { ...one, drops: 0 }, 0)).toEqual(one)
})

describe('talk partners', () => {
  const any: fc.Arbitrary<Socket> = fc
    .tuple(
      fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()),
      fc.nat(65_535),
      fc.constantFrom('ESTAB', 'TIME-WAIT', 'SYN-SENT'),
    )
    .map(([peer, port, state]) => ({ ...socket('10.0.0.1', port), peerAddress: clean(peer), state: clean(state) }))

  test('hold each socket that talks once at most, the one with most sockets first', () => {
    fc.assert(
      fc.property(fc.array(any, { maxLength: 60 }), (sockets) => {
        const { partners } = partnersOf(sockets, new Set())
        const counts = partners.map((partner) => partner.sockets)
        expect(counts).toEqual(counts.toSorted((one, other) => other - one))
        expect(counts.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(sockets.length)
      }),
    )
  })

  test('that opened their sockets themselves count by address, whatever their ports', () => {
    const sockets = [40_001, 40_002].map((port) => ({ ...socket('10.0.0.9', port), localPort: 8080 }))
    expect(partnersOf(sockets, new Set([8080])).partners).toMatchObject([{ address: '10.0.0.9', port: 0, sockets: 2 }])
  })

  test('are never oneself', () => {
    expect(partnersOf([socket('127.0.0.1', 80), socket('::1', 80)], new Set()).partners).toEqual([])
  })
})
