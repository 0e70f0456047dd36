import { describe, expect, test } from 'vitest'
import type { Address } from '../../source/events/address.ts'
import type { Event } from '../../source/events/event.ts'
import { clean } from '../../source/text/clean.ts'
import { type Driver } from './driver.ts'
import { source } from './kubernetes.ts'
import {
  listener,
  networkInterface,
  overviewLook,
  resolverLook,
  route,
  routesLook,
  seen,
  socket,
  socketsLook,
} from './looks.ts'
import { command, front, large, opened, pod, small } from './pod-opened.ts'

describe('overview', () => {
  test('has a line for each interface with its other end', () => {
    const at = opened()
    at.say(seen(front, overviewLook({ conntrack: { entries: 12 } }), at.now))
    at.sees(
      /Addresses +10\.1\.0\.7\/24/,
      "MTU          fits: the node's ens3 carries 1500",
      'Conntrack    12 entries in a table of its own',
      /eth0 +UP +1450 veth1a2b3c4d 1450 +12\.4MB +3\.1MB/,
      'Namespace    net:[4026532567]',
    )
  })

  test('marks an MTU that does not fit the other end, or what the node carries', () => {
    const at = opened()
    at.say(seen(front, overviewLook({ interfaces: [networkInterface('eth0', { mtu: 1500 })] }), at.now))
    at.sees('eth0 has an MTU of 1500 and its other end veth1a2b3c4d of 1450', /eth0 +UP +! 1500/)
    const peer = { index: 17, name: clean('veth1'), mtu: 9000 }
    at.say(seen(front, overviewLook({ interfaces: [networkInterface('eth0', { mtu: 9000, peer })] }), at.now))
    at.sees("eth0 has an MTU of 9000, the node's ens3 carries 1500")
  })

  test('marks an MTU that the tunnel of the node does not carry', () => {
    const at = opened()
    const tunnels = [{ name: clean('flannel.1'), kind: clean('vxlan'), mtu: 1450 }]
    at.say(seen(front, overviewLook({ tunnels }), at.now))
    at.sees("fits: the node's ens3 carries 1500, its tunnel flannel.1 1450")
    const peer = { index: 17, name: clean('veth1'), mtu: 1500 }
    at.say(seen(front, overviewLook({ tunnels, interfaces: [networkInterface('eth0', { mtu: 1500, peer })] }), at.now))
    at.sees(/the node's vxlan tunnel flannel\.1[│\s]+carries 1450/, /eth0 +UP +! 1500/)
  })

  test('says of an address that none of its interfaces has', () => {
    const at = opened()
    const moved = networkInterface('eth0', { addresses: [clean('10.1.0.99/24')] })
    at.say(seen(front, overviewLook({ interfaces: [moved] }), at.now))
    at.sees('the API server tells of 10.1.0.7, which none has')
  })
})

describe('routes', () => {
  const neighbours = [
    { address: clean('10.0.0.8'), device: clean('eth0'), mac: clean(''), state: clean('FAILED') },
    { address: clean('10.1.0.1'), device: clean('eth0'), mac: clean('1e:aa:bb:cc:dd:ee'), state: clean('REACHABLE') },
  ]

  test('shows routes, rules and neighbours below each other where they have room', () => {
    const at = opened(large)
    at.press('tab')
    at.say(seen(front, routesLook({ neighbours }), at.now))
    at.sees(
      'Default      IPv4 via 10.1.0.1 on eth0',
      'Silent       nobody answers for 10.0.0.8 (node worker-2)',
      /default +10\.1\.0\.1 /,
      /32766 from all +lookup main/,
      /10\.0\.0\.8 +node worker-2 +- +eth0 +FAILED/,
    )
    expect(at.cursor).toMatch(/^default/)
    at.press('3')
    expect(at.cursor).toMatch(/^10\.0\.0\.8/)
    at.press('down')
    at.sees('10.1.0.1; at 1e:aa:bb:cc:dd:ee; on eth0; REACHABLE')
  })

  test('shows one list at a time where they have none, and the digits choose', () => {
    const at = opened()
    at.press('tab')
    const routes = Array.from({ length: 40 }, (_, index) => route(`10.2.${index}.0/24`))
    at.say(seen(front, routesLook({ routes }), at.now))
    at.sees('1 routes 40', '2 rules 2', '3 neighbours 1', 'Default      none: what no other route names')
    at.seesNot('lookup main')
    at.press('2')
    at.sees('lookup main')
    at.press('1', 'G')
    expect(at.cursor).toMatch(/^10\.2\.39\.0\/24/)
  })

  test('puts what leads nowhere in its words', () => {
    const at = opened()
    at.press('tab')
    at.say(seen(front, routesLook({ routes: [route('10.9.0.0/16', { kind: clean('blackhole') })] }), at.now))
    at.sees('IPv4 blackhole 10.9.0.0/16')
  })
})

describe('sockets', () => {
  const many = [
    socket('10.96.0.10', 53),
    socket('10.1.1.9', 8080, { retransmits: 4, sendQueue: 4000, retransmitsPerSecond: 2 }),
    socket('8.8.8.8', 443),
    socket('10.0.0.8', 10250, { sentPerSecond: 125_000, receivedPerSecond: 0, process: clean('api (pid 12)') }),
    socket('127.0.0.1', 9090),
    listener(80),
  ]
  const api2 = pod('shop/api-1', { addresses: ['10.1.1.9' as Address] })

  const atSockets = (terminal = small, ...before: readonly Event[]): Driver => {
    const at = opened(terminal, api2)
    at.press('s')
    at.say(...before, seen(front, socketsLook(many), at.now))
    return at
  }

  test('name their peers: pods, services, nodes, itself, and who is outside', () => {
    const at = atSockets(large)
    at.sees(
      /10\.96\.0\.10:53 +service kube-system\/kube-dns/,
      /10\.1\.1\.9:8080 +pod shop\/api-1/,
      /8\.8\.8\.8:443 +external/,
      /10\.0\.0\.8:10250 +node worker-2/,
      /127\.0\.0\.1:9090 +itself/,
      /1Mb\/s +0b/,
      'api (pid 12)',
    )
  })

  test('are named in few cells by what tells them apart', () => {
    atSockets().sees(/10\.96\.0\.10:53 +svc kub\S+dns/, /10\.1\.1\.9:8080 +pod shop\/api-1/)
  })

  test('are called external only where everybody in the cluster is known', () => {
    const at = atSockets(large, source('services', 'denied'))
    at.sees(/8\.8\.8\.8:443 +\? /)
  })

  test('stand with those first that send again, and say so below', () => {
    const at = atSockets()
    expect(at.cursor).toMatch(/^10\.1\.1\.9:8080 +pod shop\/api-1/)
    at.sees(
      '5 tcp ESTAB, 1 tcp LISTEN',
      'tcp ESTAB 10.1.0.7:40080 to 10.1.1.9:8080; pod shop/api-1',
      '4 sent again, now 2/s',
    )
    at.press('G')
    at.sees('tcp LISTEN 0.0.0.0:80', '0 wait to be accepted, of 128 at most')
  })

  test('are sorted by a column and narrowed by a text; the cursor follows its socket', () => {
    const at = atSockets(large)
    at.press('/')
    at.type('kube-dns')
    at.press('enter')
    expect(at.title).toMatch('sockets[1 of 6]')
    expect(at.cursor).toMatch(/^10\.96\.0\.10:53/)
    at.press('esc', 'down')
    const row = at.cursor
    at.say(seen(front, socketsLook(many.toReversed()), at.now))
    expect(at.cursor).toBe(row)
    at.press('N')
    at.wait(3)
    expect(at.body.find((line) => /^(8\.8|10\.)/.test(line))).toMatch(/^8\.8\.8\.8/)
  })

  test('beyond the bound are counted', () => {
    const at = atSockets()
    at.say(seen(front, socketsLook(many, { total: 4312 }), at.now))
    at.sees('6 of 4312 are shown: 5 tcp ESTAB')
  })

  test('are told to be none where there are none', () => {
    const at = atSockets()
    at.say(seen(front, socketsLook([]), at.now))
    at.sees('Sockets      0', 'no socket is open')
  })
})

describe('dns', () => {
  const atDns = (more: Parameters<typeof resolverLook>[0] = {}): Driver => {
    const at = opened(large)
    command(at, 'dns')
    at.say(seen(front, resolverLook(more), at.now))
    return at
  }

  test('has servers by name, search domains, and what ndots does in words', () => {
    atDns().sees(
      'Servers      10.96.0.10 (service kube-system/kube-dns)',
      'Search       web.svc.cluster.local svc.cluster.local cluster.local',
      /one of fewer than 5 dots is first asked for in each of 3 search domains \(ndots 5\)/,
      '5 s a server, 2 rounds: it fails after 10 s without an answer',
      'File         /var/lib/containerd/sandboxes/ab/resolv.conf',
    )
  })

  test('says what it means that there are no search domains and no servers', () => {
    atDns({ servers: [], searches: [], ndots: 1 }).sees(
      'none is named: then it is 127.0.0.1',
      'every name is asked for as it is',
    )
  })

  test('shows what a lookup sends, of an example, and of any name that is typed', () => {
    const at = atDns()
    at.sees(
      'example.com (:dns NAME shows another): up to 8 queries, 16 if servers fail; A and AAAA of each, until one',
      /example\.com\.web\.svc\.cluster\.local\.\s[│\s]*example\.com\.svc\.cluster\.local\./,
    )
    command(at, 'dns api.shop.svc.cluster.local.')
    at.sees('api.shop.svc.cluster.local.: up to 2 queries, 4 if servers fail; A and AAAA of each:')
    command(at, 'dns 10.0.0.7')
    at.sees('10.0.0.7 sends nothing: it is an address')
    at.press('x')
    at.sees('10.0.0.7 sends nothing: it is an address')
  })

  test('says what programs linked with musl do otherwise', () => {
    const at = atDns({ ndots: 1 })
    at.sees('musl         in an image of Alpine it is 2 queries')
  })

  test('fits into 80x24 with a lookup of four names', () => {
    const at = opened()
    command(at, 'dns')
    at.say(seen(front, resolverLook(), at.now))
    at.seesNot('more lines')
    at.sees(/File +\/var\/lib/)
  })
})
