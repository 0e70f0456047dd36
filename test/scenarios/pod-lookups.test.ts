import { describe, expect, test } from 'vitest'
import type { Address } from '../../source/events/address.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { clean } from '../../source/text/clean.ts'
import { origin, pairs, reading } from './cluster.ts'
import type { Driver } from './driver.ts'
import { nodeRecord, put } from './kubernetes.ts'
import { footing, resolverLook, seen } from './looks.ts'
import { command, front, large, opened, pod, small, watched } from './pod-opened.ts'

const worker1 = 'worker-1' as NodeName
const onBridge = 'tcpdump, on cni0: pods of this node, unless pod and server share the bridge'
const onLoopback = 'tcpdump, on lo: programs of the host, not pods'

/** The dns tab of a pod of worker-1. */
const atDns = (terminal = large): Driver => {
  const at = opened(terminal)
  command(at, 'dns')
  at.say(seen(front, resolverLook(), at.now))
  return at
}

/** The capture runs there: so much is looked up on the node, and this by whom. */
const captured = (at: Driver, rows: Parameters<typeof pairs>[2], where: 'node' | 'host' = 'node', left = 0): void =>
  at.say(
    origin(worker1, 'dns.lookups', where === 'node' ? onBridge : onLoopback, where),
    reading(worker1, at.now, { 'dns.lookups': 12 }),
    pairs(worker1, at.now, rows, left),
  )

describe('lookups of a pod', () => {
  test('are listed by name with rate, share of NXDOMAIN and window, where the capture sees its pods', () => {
    const at = atDns()
    captured(at, [
      ['10.1.0.7', 'api.shop.svc.cluster.local', 80, 0],
      ['10.1.0.7', 'example.com.web.svc.cluster.local', 20, 20],
      ['10.1.0.7', '', 10, 4],
      ['10.1.0.99', 'of-another.example', 999, 0],
    ])
    at.sees(
      /Live +2\.75\/s in the last 40s, 21\.8% of 110 NXDOMAIN; tcpdump, on cni0: pods of this node/,
      /api\.shop\.svc\.cluster\.local +2 +0 +80 +40s/,
      /example\.com\.web\.svc\.cluster\.local +0\.5 +100 +20 +40s/,
      /\(all other names\) +0\.25 +40 +10 +40s/,
    )
    at.seesNot('of-another.example')
    expect(at.cursor).toMatch(/^api\.shop/)
  })

  test('follow what the capture tells, and keep the cursor', () => {
    const at = atDns()
    captured(at, [
      ['10.1.0.7', 'a.example', 80, 0],
      ['10.1.0.7', 'b.example', 20, 0],
    ])
    at.press('down')
    captured(at, [
      ['10.1.0.7', 'a.example', 84, 0],
      ['10.1.0.7', 'b.example', 40, 10],
    ])
    expect(at.cursor).toMatch(/^b\.example +1 +25 +40 /)
  })

  test('are those of all of its addresses, of both families', () => {
    const at = atDns()
    const both = { ...front, addresses: ['10.1.0.7', 'fd00::7'] as Address[] }
    at.say(put('pod', both))
    captured(at, [
      ['10.1.0.7', 'a.example', 30, 0],
      ['fd00::7', 'a.example', 10, 10],
      ['fd00::8', 'a.example', 500, 0],
    ])
    at.sees(/a\.example +1 +25 +40 +40s/)
  })

  test('are told to be none where the capture sees none', () => {
    const at = atDns()
    captured(at, [['10.1.0.99', 'a.example', 5, 0]], 'node', 17)
    at.sees(/Live +none seen in the last 40s; tcpdump, on cni0.*; 17 of clients that had no room are not told apart/)
    at.seesNot('LOOKED UP')
  })

  test('are not seen by a capture on the loopback, which is no none', () => {
    const at = atDns()
    captured(at, [['127.0.0.1', 'a.example', 5, 0]], 'host')
    at.sees(
      /Live +this pod's lookups do not pass where the capture listens: tcpdump, on lo: programs of the host, not pods/,
    )
    at.seesNot('LOOKED UP')
  })

  test('take the capture, which runs only when asked for', () => {
    atDns().sees(/Live +not asked: dns-capture \(w\)/)
  })

  test('leave the screen when the capture ends', () => {
    const at = atDns()
    captured(at, [['10.1.0.7', 'a.example', 5, 0]])
    at.sees('LOOKED UP')
    at.say({
      ...{ type: 'origin', subject: { node: worker1 }, metric: 'dns.lookups' },
      origin: { missing: 'no-tool', advice: clean('install tcpdump on the node') },
    })
    at.sees(/Live +no lookups: no-tool: install tcpdump on the node/)
    at.seesNot('LOOKED UP')
  })

  test('fit into 80x24 beside what a lookup of four names sends', () => {
    const at = atDns(small)
    captured(at, [['10.1.0.7', 'api.shop.svc.cluster.local', 80, 20]])
    at.sees(/Live +2\/s in the last 40s, 25% of 80 NXDOMAIN/, /api\.shop\.svc\.cluster\.local +2 +25 +80/)
  })
})

describe('lookups of who is on the host network', () => {
  test('are those of the node, and it is said that they are of all there', () => {
    const at = watched(large)
    const host = pod('kube-system/proxy-1', { hostNetwork: true, addresses: ['10.0.0.8' as Address] })
    at.say(put('pod', host))
    command(at, 'pod kube-system/proxy-1')
    command(at, 'dns')
    at.say(seen(host, resolverLook({ footing: footing({ isHost: true }) }), at.now))
    captured(at, [['10.0.0.8', 'a.example', 40, 0]], 'host')
    at.sees(/Live +1\/s in the last 40s of all on the host network, 0% of 40 NXDOMAIN/, /a\.example +1 +0 +40/)
  })
})

describe('lookups of a node itself', () => {
  const atHost = (): Driver => {
    const at = watched(large)
    at.press('h')
    command(at, 'dns')
    const look = resolverLook({ footing: footing({ isHost: true }) })
    at.say(
      put('node', nodeRecord('worker-1', { addresses: [{ type: 'InternalIP', text: clean('10.0.0.7') }] })),
      seen('worker-1', look, at.now),
    )
    return at
  }

  test('are all that a capture on its loopback sees', () => {
    const at = atHost()
    captured(
      at,
      [
        ['127.0.0.1', 'a.example', 30, 0],
        ['10.0.0.7', 'a.example', 10, 0],
      ],
      'host',
    )
    at.sees(/Live +1\/s in the last 40s, 0% of 40 NXDOMAIN; tcpdump, on lo/, /a\.example +1 +0 +40/)
  })

  test('are those of its own addresses where the capture sees its pods', () => {
    const at = atHost()
    captured(at, [
      ['10.0.0.7', 'a.example', 40, 0],
      ['10.1.0.7', 'b.example', 40, 0],
    ])
    at.sees(/a\.example +1 +0 +40/)
    at.seesNot('b.example')
  })
})
