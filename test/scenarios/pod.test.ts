import { describe, expect, test } from 'vitest'
import type { Address } from '../../source/events/address.ts'
import type { PodRecord } from '../../source/events/records.ts'
import type { NodeName } from '../../source/events/subject.ts'
import type { Size } from '../../source/interface/screen.ts'
import { clean } from '../../source/text/clean.ts'
import { type Driver, open } from './driver.ts'
import { allLive, api, cluster, gone, nodeRecord, podRecord, put, serviceRecord, source } from './kubernetes.ts'
import {
  containerId,
  ended,
  footing,
  inquiryAbout,
  listener,
  networkInterface,
  overviewLook,
  refused,
  report,
  resolverLook,
  route,
  routesLook,
  seen,
  socket,
  socketsLook,
  uidOf,
} from './looks.ts'

const small: Size = { columns: 80, rows: 24 }
const large: Size = { columns: 200, rows: 55 }

const worker2 = 'worker-2' as NodeName

let numbers = 0
const pod = (id: string, more: Partial<PodRecord> = {}): PodRecord => {
  const number = ++numbers
  return podRecord(id, {
    uid: uidOf(number),
    containers: [{ name: clean('app'), id: containerId(number), ready: true }],
    ...more,
  })
}

const front = pod('web/front-x2x4z')

const command = (at: Driver, text: string): void => {
  at.press(':')
  at.type(text)
  at.press('enter')
}

/** Two nodes, a pod of the second of which is looked at. */
const watched = (terminal = small, ...pods: readonly PodRecord[]): Driver => {
  const at = open({ nodes: 2, terminal })
  at.say(
    cluster(),
    api(),
    ...allLive,
    put('node', nodeRecord('worker-1')),
    put('node', nodeRecord('worker-2', { addresses: [{ type: 'InternalIP', text: clean('10.0.0.8') }] })),
    put('service', serviceRecord('kube-system/kube-dns')),
    ...[front, ...pods].map((record) => put('pod', record)),
  )
  return at
}

const opened = (terminal = small, ...pods: readonly PodRecord[]): Driver => {
  const at = watched(terminal, ...pods)
  command(at, 'pod web/front-x2x4z')
  return at
}

describe('enter on a pod', () => {
  test('opens its network namespace, and says that it waits for the node', () => {
    const at = watched()
    command(at, 'pods')
    at.press('enter')
    expect(at.title).toMatch('pod(web/front-x2x4z) overview on worker-1')
    at.sees('waits for the first answer of worker-1', '<nodes> <pods> <front-x2x4z overview>')
    expect(at.asks).toEqual([inquiryAbout(front, 'overview')])
    at.press('esc')
    expect(at.asks).toEqual([])
  })

  test('opens it from the pods of a node too, and o there and back leads to the node', () => {
    const at = watched()
    at.press('enter', 'enter')
    expect(at.title).toMatch('pod(web/front-x2x4z) overview')
    at.press('o')
    expect(at.title).toMatch('node(worker-1)')
  })

  test('asks for the tab that is shown, and for nothing else', () => {
    const at = opened()
    for (const tab of ['routes', 'sockets', 'dns', 'overview'] as const) {
      at.press('tab')
      expect(at.asks).toEqual([inquiryAbout(front, tab)])
      at.sees(`<front-x2x4z ${tab}>`)
    }
    at.press('shift-tab')
    expect(at.asks).toEqual([inquiryAbout(front, 'dns')])
    at.press('s')
    expect(at.asks).toEqual([inquiryAbout(front, 'sockets')])
  })

  test.each(['overview', 'routes', 'sockets', 'dns'])(
    ':%s leads to that tab of what stands under the cursor',
    (tab) => {
      const at = watched()
      command(at, 'pods')
      command(at, tab)
      expect(at.title).toMatch(`pod(web/front-x2x4z) ${tab} on worker-1`)
      command(at, 'nodes')
      command(at, tab)
      expect(at.title).toMatch(`host(worker-1) ${tab}`)
    },
  )

  test('is :pod NAMESPACE/NAME too, with a tab or without; what is neither is said', () => {
    const at = watched()
    command(at, 'netns web/front-x2x4z sockets')
    expect(at.title).toMatch('pod(web/front-x2x4z) sockets')
    command(at, 'routes web/front-x2x4z')
    expect(at.title).toMatch('pod(web/front-x2x4z) routes')
    command(at, 'pod web/nobody')
    at.sees('no such pod is known: web/nobody')
    command(at, 'pod everything')
    at.sees('neither a pod, NAMESPACE/NAME, nor a tab: everything')
  })

  test('on nothing says what to choose', () => {
    const at = open({ nodes: 0 })
    command(at, 'pod')
    at.sees('choose a pod in :pods and press enter, or a node in :nodes and press h')
    expect(at.asks).toEqual([])
  })
})

describe('h on a node', () => {
  test.each([[['h']], [['enter', 'h']]])('opens its own namespace through the same tabs: %s', (keys) => {
    const at = watched()
    at.press(...keys)
    expect(at.title).toMatch('host(worker-1) overview')
    expect(at.asks).toEqual([{ node: 'worker-1', place: { kind: 'host' }, tab: 'overview' }])
    at.press('s')
    at.say(seen('worker-1', socketsLook([socket('10.1.0.7', 8080)], { footing: footing({ isHost: true }) }), at.now))
    at.sees(/10\.1\.0\.7:8080 +web\/front|10\.1\.0\.7:8080 +pod web/)
    at.seesNot('host network')
  })

  test('opens it without a cluster, where nobody has a name', () => {
    const at = open({ nodes: 1 })
    at.press('h', 's')
    at.say(seen('worker-1', socketsLook([socket('10.1.0.7', 8080)]), at.now))
    at.sees(/10\.1\.0\.7:8080 +- /)
    at.seesNot('external')
  })
})

describe('what stands above a tab', () => {
  test('is how old it is, how the pod was found, and with which right', () => {
    const at = opened()
    at.say(seen(front, overviewLook(), at.now))
    at.sees('live, 0s old  pid 4711 found by its cgroup, entered as root')
    at.silence(3)
    at.sees('live, 3s old')
    at.say(
      seen(
        front,
        overviewLook({ footing: footing({ right: 'user', way: clean('a search of all processes') }) }),
        at.now,
      ),
    )
    at.resize(200, 55)
    at.sees('pid 4711 found by a search of all processes, seen as an ordinary user')
  })

  test('is that it is the network of the host', () => {
    const hosted = pod('kube-system/proxy', { hostNetwork: true })
    const at = watched(small, hosted)
    command(at, 'pod kube-system/proxy')
    at.say(seen(hosted, overviewLook({ footing: footing({ isHost: true }) }), at.now))
    at.sees('host network: what is seen is the namespace of worker-1 itself, not of one pod')
  })

  test('is what could be seen besides, and what that takes', () => {
    const at = opened()
    const lacks = [{ what: clean('addresses and routes'), advice: clean('nsenter takes root: see --sudo') }]
    at.say(seen(front, overviewLook({ lacks }), at.now))
    at.sees('Not seen     addresses and routes: nsenter takes root: see --sudo')
  })

  test('is why there is no more: grey, dated, with the key that looks again', () => {
    const at = opened()
    at.say(ended(front, overviewLook(), at.now, 'the process of the pod ended while it was looked at'))
    at.silence(43)
    at.sees(/seen 43s ago, no more since: the process of the pod ended while it was\s+│/, 'r looks again', /eth0 +UP/)
    at.press('r')
    at.sees('looking again')
    expect(at.effects()).toEqual([{ type: 'inquire-again' }])
  })

  test('is why nothing can be seen', () => {
    const at = opened()
    at.say(refused(front, 'overview', 'no process of this pod is on the node'))
    at.sees('cannot be seen: no process of this pod is on the node; r looks again')
  })

  test('is what is wrong with the link, and r tries the node', () => {
    const at = opened()
    at.becomes('worker-1', 'lost', 'connection reset')
    at.say(report(front, 'overview', { state: 'waiting' }))
    at.sees('waits: worker-1 is lost: connection reset; r tries it again')
    at.press('r')
    expect(at.effects()).toEqual([{ type: 'retry', nodes: ['worker-1'] }])
  })

  test('is that nobody has allowed to log in to the node', () => {
    const at = opened()
    at.becomes('worker-1', 'not-asked', 'SSH waits for a yes: press !')
    at.sees('waits: kntop does not log in to worker-1: SSH waits for a yes: press !')
    at.press('r')
    expect(at.effects()).toEqual([])
  })
})

describe('a pod that cannot be looked into', () => {
  test.each([
    [
      'pending',
      { phase: 'Pending', node: undefined, containers: [], reason: clean('Unschedulable') },
      'no node was chosen',
    ],
    [
      'coming up',
      { phase: 'Pending', containers: [], reason: clean('ContainerCreating') },
      'none of its containers was',
    ],
    ['completed', { phase: 'Succeeded' }, 'it has completed: none of its processes runs'],
    ['failed', { phase: 'Failed', reason: clean('OOMKilled') }, 'it has failed: OOMKilled; none of its processes runs'],
    ['of a node that nobody watches', { node: 'far-1' as NodeName }, 'its node far-1 is not watched'],
  ] as const)('because it is %s says so, and asks nothing', (_, more, words) => {
    const at = watched(small, pod('web/odd', more))
    command(at, 'pod web/odd')
    at.sees(words)
    expect(at.asks).toEqual([])
    at.press('r')
    expect(at.effects()).toEqual([])
  })

  test('is asked for once its containers are started', () => {
    const early = pod('web/early', { phase: 'Pending', containers: [] })
    const at = watched(small, early)
    command(at, 'pod web/early')
    const started: PodRecord = { ...early, containers: front.containers }
    at.say(put('pod', started))
    expect(at.asks).toEqual([inquiryAbout(started, 'overview')])
  })
})

describe('a pod that goes while it is looked at', () => {
  const other = (id: string, more: Partial<PodRecord> = {}): PodRecord => pod(id, more)

  test('leaves what was seen last, dated, and offers who takes its place; nobody is followed by itself', () => {
    const next = other('web/front-later', { node: worker2, created: front.created + 1000 })
    const at = opened(small, next)
    at.say(seen(front, overviewLook(), at.now), gone('pod', front.id))
    at.silence(12)
    at.sees(
      'seen 12s ago, no more since: web/front-x2x4z is gone',
      /n follows\s[│\s]*web\/front-later on worker-2/,
      /eth0 +UP/,
    )
    expect(at.title).toMatch('on worker-1 gone')
    expect(at.asks).toEqual([])
    at.press('n')
    expect(at.title).toMatch('pod(web/front-later) overview on worker-2')
    expect(at.asks).toEqual([inquiryAbout(next, 'overview')])
  })

  test('is followed on its own node first, there by the newest, of the same owner only', () => {
    const at = opened(
      small,
      other('web/far', { node: worker2, created: front.created + 9000 }),
      other('web/near-old', { created: front.created - 1000 }),
      other('web/near-new', { created: front.created + 1000 }),
      other('web/foreign', { owner: clean('ReplicaSet/other'), created: front.created + 5000 }),
      other('shop/near', { created: front.created + 5000 }),
      other('web/done', { phase: 'Succeeded', created: front.created + 5000 }),
    )
    at.say(gone('pod', front.id))
    at.sees('n follows', 'web/near-new')
  })

  test('and nobody takes its place is told so', () => {
    const at = opened()
    at.say(gone('pod', front.id))
    at.sees('ReplicaSet/web-7f9c has no other pod')
    at.press('n')
    at.sees('there is no other pod to follow')
  })

  test('for another one of its name is not taken for it', () => {
    const at = opened()
    at.say(seen(front, overviewLook(), at.now))
    const again: PodRecord = pod('web/front-x2x4z', { node: worker2 })
    at.say(put('pod', again))
    at.sees('this pod is gone: another one of its name was started', /eth0 +UP/)
    expect(at.asks).toEqual([])
    at.press('n')
    expect(at.asks).toEqual([inquiryAbout(again, 'overview')])
    at.seesNot('eth0')
  })

  test('keeps what was seen under the containers that it had', () => {
    const at = opened()
    at.say(seen(front, overviewLook(), at.now))
    const anew: PodRecord = { ...front, containers: [{ name: clean('app'), id: containerId(999), ready: true }] }
    at.say(put('pod', anew), report(anew, 'overview', { state: 'waiting' }))
    at.sees('seen 0s ago, no more since: its containers were started anew', /eth0 +UP/)
    at.say(seen(anew, overviewLook(), at.now))
    at.sees('live, 0s old')
  })

  test('is still there while the API server tells nothing, and the title says how old that is', () => {
    const at = opened()
    at.say(source('pods', 'stale', { known: (at.now - 41) * 1000, cause: clean('connection refused') }))
    expect(at.title).toMatch('pods stale 41s')
    expect(at.asks).toEqual([inquiryAbout(front, 'overview')])
  })

  test('is told to be ending while it still runs', () => {
    const at = opened()
    at.say(put('pod', { ...front, deleting: true }), seen(front, overviewLook(), at.now))
    at.sees('live, 0s old; the pod is being ended')
  })
})

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

  const atSockets = (terminal = small): Driver => {
    const at = opened(terminal, api2)
    at.press('s')
    at.say(seen(front, socketsLook(many), at.now))
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
      /1Mb +0b/,
      'api (pid 12)',
    )
  })

  test('are called external only where everybody in the cluster is known', () => {
    const at = atSockets(large)
    at.say(source('services', 'denied'))
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
      /a name with fewer than 5 dots is asked with each of 3 search domains .* up to 8 questions, A and AAAA/,
      /5 s for each server, 2 rounds over all: .* fails after 10 s/,
      'File         /var/lib/containerd/sandboxes/ab/resolv.conf',
    )
  })

  test('says what it means that there are no search domains and no servers', () => {
    atDns({ servers: [], searches: [], ndots: 1 }).sees(
      'none is named: then it is the one on the loopback address',
      'every name is asked as it is',
    )
  })
})

describe('x on a tab', () => {
  test('shows the commands that show the same by hand, and copies them', () => {
    const at = opened()
    at.say(seen(front, overviewLook(), at.now))
    at.press('x')
    expect(at.title).toMatch('by-hand(web/front-x2x4z overview)')
    at.sees('On worker-1, as root:', 'nsenter -t 4711 -n ip -d -s addr', 'live, 0s old', /Addresses +10\.1\.0\.7\/24/)
    expect(at.asks).toEqual([inquiryAbout(front, 'overview')])
    at.press('c')
    const encoded = Buffer.from('nsenter -t 4711 -n ip -d -s addr').toString('base64')
    expect(at.effects()).toEqual([{ type: 'control', sequence: `\u001b]52;c;${encoded}\u0007` }])
    at.sees('copied, if this terminal takes it (OSC 52)')
    at.press('x')
    expect(at.title).toMatch('pod(web/front-x2x4z) overview')
  })

  test('says that they are not known before anything was seen', () => {
    const at = opened()
    at.press('x')
    at.sees('waits for the first answer of worker-1', 'the commands are known once something was seen')
    at.press('c')
    at.sees('there is no command to copy yet')
    expect(at.effects()).toEqual([])
  })

  test('shows all of what a tab had no room for', () => {
    const at = opened()
    const lacks = Array.from({ length: 12 }, (_, index) => ({ what: clean(`thing ${index}`), advice: clean('root') }))
    at.say(seen(front, overviewLook({ lacks }), at.now))
    at.sees('more lines: x shows all', /eth0 +UP/)
    at.press('x', 'G')
    at.sees('thing 11')
  })
})

describe('the screen of a pod on any terminal', () => {
  test.each([small, large, { columns: 40, rows: 10 }])('is filled and nothing more: $columns x $rows', (terminal) => {
    const at = opened(terminal)
    at.say(
      seen(front, overviewLook(), at.now),
      seen(front, routesLook(), at.now),
      seen(front, socketsLook([socket('fd00:1234:5678:9abc:def0:1234:5678:9abc', 443)]), at.now),
      seen(front, resolverLook(), at.now),
    )
    for (let tab = 0; tab < 4; tab++) {
      expect(at.screen).toHaveLength(terminal.rows)
      for (const line of at.screen) expect(line.length).toBeLessThanOrEqual(terminal.columns)
      at.press('tab')
    }
  })
})
