import { describe, expect, test } from 'vitest'
import type { NodeRecord } from '../../source/events/records.ts'
import { clean } from '../../source/text/clean.ts'
import { epoch } from './cluster.ts'
import { type Driver, open } from './driver.ts'
import { allLive, api, cluster, lacking, lease, nodeRecord, podRecord, put, source } from './kubernetes.ts'

const sick: Partial<NodeRecord> = { ready: 'no', reason: clean('KubeletNotReady'), readySince: epoch + 50_000 }
const silent: Partial<NodeRecord> = { ready: 'unknown', reason: clean('NodeStatusUnknown'), readySince: epoch + 50_000 }

const watched = (terminal = { columns: 80, rows: 24 }, more: Partial<NodeRecord> = {}): Driver => {
  const at = open({ nodes: 3, terminal })
  at.say(
    cluster(),
    api({ heard: 98_000 }),
    ...allLive,
    put('node', nodeRecord('worker-1')),
    put('node', nodeRecord('worker-2', more)),
    put('node', nodeRecord('worker-3')),
    put('pod', podRecord('web/a')),
  )
  return at
}

describe('the nodes of a cluster', () => {
  test('have what the API server says beside the four suspects at 80x24', () => {
    const at = watched()
    for (const heading of ['READY', 'CT%', 'FSYNC99', 'DNS/s', 'RTT50', 'AGE'])
      expect(at.body[0]).toMatch(new RegExp(`\\b${heading}`))
    expect(at.row('worker-1')).toMatch(/^worker-1 +yes +12/)
  })

  test('have the version of the kubelet and the number of pods where there is room', () => {
    const at = watched({ columns: 230, rows: 55 })
    expect(at.body[0]).toMatch(/READY +PODS VERSION/)
    expect(at.row('worker-1')).toMatch(/^worker-1 +yes +1 v1\.34\.1/)
  })

  test('have no such columns without a cluster', () => {
    expect(open({ terminal: { columns: 230, rows: 55 } }).body[0]).not.toMatch(/READY|PODS|VERSION/)
  })

  test('that are not ready are critical, told above with the reason, and stand first', () => {
    const at = watched({ columns: 140, rows: 24 }, sick)
    expect(at.order).toEqual(['worker-2', 'worker-1', 'worker-3'])
    expect(at.row('worker-2')).toMatch(/^worker-2 ▲ no/)
    expect(at.line(1)).toMatch(/▲ worker-2 not ready since 12:00 {2}KubeletNotReady$/)
    at.sees('● 2 nodes quiet', 'worker-2 not ready for 51s: KubeletNotReady')
  })

  test('that are lost and not ready are told once', () => {
    const at = watched({ columns: 140, rows: 24 }, silent)
    at.becomes('worker-2', 'lost')
    expect(at.line(1)).toMatch(/▲ worker-2 lost, ready unknown since 12:01 {2}conn/)
    at.sees('● 2 nodes quiet')
    at.resize(80, 24)
    expect(at.line(1)).toMatch(/▲ worker-2 lost 12:01|▲ worker-2 lost, ready unknown 12:01|▲ worker-2 lost since 12:01/)
  })

  test('of which nothing is heard show how old their lease is', () => {
    const at = watched(undefined, silent)
    at.say(source('leases', 'polling'), put('lease', lease('worker-2', epoch + 58_000)))
    expect(at.row('worker-2')).toMatch(/^worker-2 ▲ unknown 43s|^worker-2 ▲ \? 43s/)
    at.press('x')
    at.press('right', 'x')
    at.sees(/Ready +unknown: its kubelet has not been heard of/, /Lease +its kubelet was heard of 43s ago/)
    at.say(source('leases', 'stale'))
    at.seesNot('its kubelet was heard of')
  })

  test('whose leases or pods may not be read say which right is missing', () => {
    const at = watched({ columns: 140, rows: 50 }, silent)
    const [leases, pods] = [
      lacking('list leases.coordination.k8s.io in namespace kube-node-lease'),
      lacking('list pods'),
    ]
    at.say(source('leases', 'denied', { lacking: [leases] }), source('pods', 'denied', { lacking: [pods] }))
    at.press('right', 'x')
    at.sees(
      /Lease +not known: needs list leases\.coordination\.k8s\.io in namespace kube-node-lease/,
      /Pods +not known: needs list pods/,
    )
  })

  test('are explained with conditions, roles and what keeps pods away', () => {
    const at = watched(
      { columns: 120, rows: 50 },
      {
        unschedulable: true,
        roles: [clean('control-plane')],
        troubles: [
          { type: clean('MemoryPressure'), reason: clean('KubeletHasInsufficientMemory'), since: epoch + 40_000 },
        ],
      },
    )
    at.press('down', 'right', 'x')
    at.sees(
      'worker-2 as the API server knows it',
      /Trouble +MemoryPressure, KubeletHasInsufficientMemory since 12:00:40 UTC, 61s ago/,
      /Cordoned +no new pod is put on it/,
      /Roles +control-plane/,
      'link of worker-2',
    )
    at.press('x', 'enter')
    at.sees(/ready for 11m, MemoryPressure \(Kubelet\S+\), cordoned, 0 pods, v1\.34\.1, control-plane/)
  })

  test('are found by role and readiness', () => {
    const at = watched(undefined, { ...sick, roles: [clean('control-plane')] })
    for (const filter of ['control-plane', 'notready', 'KubeletNot']) {
      at.press('/', 'ctrl-u')
      at.type(filter)
      at.press('enter')
      expect(at.order).toEqual(['worker-2'])
    }
  })

  test('keep what was known of them, marked and dated, while the API server is silent', () => {
    const at = watched({ columns: 230, rows: 55 }, { unschedulable: true })
    at.say(source('nodes', 'stale', { known: (at.now - 30) * 1000 }))
    expect(at.row('worker-1')).toMatch(/^worker-1 +~yes/)
    at.press('right')
    at.sees('ready for 11m, 1 pod, v1.34.1, as of 30s ago')
  })

  test('that only an earlier run knows are not called unready', () => {
    const at = open()
    at.say(cluster(), put('node', nodeRecord('worker-1', silent)), source('nodes', 'starting'))
    at.sees('● 3 nodes quiet')
    expect(at.row('worker-1')).toMatch(/^worker-1 +\?/)
  })

  test('that may not be listed are no empty list: the missing rule stands there', () => {
    const at = open({ nodes: 0 })
    at.say(cluster(), source('nodes', 'denied', { lacking: [lacking('list, watch nodes', 'which nodes there are')] }))
    expect(at.title).toMatch('nodes(all)[0] denied')
    at.sees('needs list, watch nodes: which nodes there are', 'no node is known yet')
    at.say(put('node', nodeRecord('worker-1')), source('nodes', 'stale', { known: (at.now - 9) * 1000 }))
    expect(at.title).toMatch('stale 9s')
  })

  test('do not count pods that may not be read', () => {
    const at = watched({ columns: 230, rows: 55 })
    at.say(source('pods', 'live', { namespaces: [clean('web')] }))
    expect(at.row('worker-1')).toMatch(/yes +1\+ v1/)
    at.say(source('pods', 'denied', { lacking: [lacking('list, watch pods')] }))
    expect(at.row('worker-1')).toMatch(/yes +\? v1/)
  })

  test('show the kernel that the API server names where nobody could look', () => {
    const at = open({ nodes: 0, terminal: { columns: 230, rows: 55 } })
    at.say(cluster(), api(), ...allLive, put('node', nodeRecord('worker-9')))
    at.becomes('worker-9', 'not-asked', 'SSH waits for a yes')
    at.sees('6.1.0-api')
  })
})

describe('the header in a cluster', () => {
  test('says context, server, version, how the API server answers, nodes and time', () => {
    const at = watched()
    expect(at.line(1)).toMatch(/^ Context prod-oslo \[RO\] /)
    expect(at.line(2)).toMatch(/^ Cluster 10\.0\.0\.1:6443 v1\.34\.1 /)
    expect(at.line(3)).toMatch(/^ API {5}45ms {2}watch 3s /)
    expect(at.line(4)).toMatch(/^ Nodes {3}3\/3 live 12:01:41 /)
    expect(at.line(24)).toMatch(/ssh 3 {2}api 5 watches$/)
  })

  test.each([
    ['not verified', '△ TLS unchecked'],
    ['plain http', '△ plain http'],
  ] as const)('marks a server that is %s, whatever gives way to that', (tls, mark) => {
    const at = watched()
    at.say(cluster({ tls, server: clean('https://a-very-long-name.of-some.cloud.example.com:6443') }))
    expect(at.line(2)).toMatch(mark)
    at.press('ctrl-e')
    expect(at.line(1)).toMatch(mark)
  })

  test('says since when the API server is silent, and why', () => {
    const at = watched({ columns: 140, rows: 24 })
    at.say(api({ state: 'stale', since: (at.now - 31) * 1000, cause: clean('connection refused') }))
    expect(at.line(3)).toMatch(/^ API {5}▲ stale 31s: connection r/)
    at.press('ctrl-e')
    expect(at.line(1)).toMatch(/^ prod-oslo \[RO\] API stale 31s 3\/3 live/)
  })

  test('says that it is still connecting', () => {
    const at = open()
    at.say(cluster())
    expect(at.line(3)).toMatch(/^ API {5}not asked yet/)
    at.say(api({ state: 'starting', version: clean('') }))
    expect(at.line(3)).toMatch(/^ API {5}connecting/)
  })

  test('cuts a long context in the middle, and keeps that it is read-only', () => {
    const at = watched()
    at.say(cluster({ context: clean('arn:aws:eks:eu-north-1:123456789012:cluster/prod-oslo') }))
    expect(at.line(1)).toMatch(/^ Context arn:aws:\S*…\S*oslo \[RO\] /)
  })

  test('says that the display is frozen, beside a time that stands still', () => {
    const at = watched()
    at.press('f')
    at.wait(5)
    expect(at.line(4)).toMatch(/^ Nodes {3}3\/3 live FROZEN 12:01:41 /)
  })

  test('says how many objects are left out, and that there may be more where not all are counted', () => {
    const at = watched({ columns: 140, rows: 24 })
    at.say(source('nodes', 'live', { leftOut: 3, leftOutCause: clean('no name') }))
    at.sees('3 left out: no name')
    at.say(source('nodes', 'live', { leftOut: 1000, leftOutCause: clean('no name') }))
    at.sees('1000 or more left out: no name')
  })

  test('counts what is watched, polled, stale and denied in the last line', () => {
    const at = watched()
    at.say(source('pods', 'denied'), source('services', 'stale'), source('namespaces', 'polling'))
    at.sees('api 2 watches, 1 polled, 1 stale, 1 denied')
    at.say(source('nodes', 'starting'))
    at.sees('api 1 watch, 1 polled')
  })
})
