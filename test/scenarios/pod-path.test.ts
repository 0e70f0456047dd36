import { describe, expect, test } from 'vitest'
import type { Address } from '../../source/events/address.ts'
import type { PathLook } from '../../source/events/looks.ts'
import type { Endpoint } from '../../source/events/records.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { clean } from '../../source/text/clean.ts'
import { epoch } from './cluster.ts'
import type { Driver } from './driver.ts'
import { put, serviceRecord, sliceRecord, source } from './kubernetes.ts'
import { footing, pathLook, seen, talkPartner } from './looks.ts'
import { command, front, large, opened, pod, small, worker2 } from './pod-opened.ts'

const shop1 = pod('payments/shop-1', { node: worker2, addresses: ['10.1.1.9' as Address] })
const peer = pod('payments/peer-1', { node: worker2, addresses: ['10.1.1.7' as Address] })

const endpoint = (address: string, node: string, ready = true): Endpoint => ({
  address: clean(address),
  ready,
  terminating: false,
  node: node as NodeName,
  pod: undefined,
})

const shopSlice = (...endpoints: readonly Endpoint[]) =>
  put('endpointslice', { ...sliceRecord('payments/shop', 0), endpoints })

const atPath = (more: Partial<PathLook> = {}, terminal = small): Driver => {
  const at = opened(terminal, shop1, peer)
  at.say(
    put('service', serviceRecord('payments/shop', { clusterAddresses: ['10.96.3.3' as Address] })),
    shopSlice({ ...endpoint('10.1.1.9', 'worker-2'), pod: shop1.id }, endpoint('10.1.0.8', 'worker-1')),
  )
  command(at, 'path')
  at.say(seen(front, pathLook(more), at.now))
  return at
}

describe('the path', () => {
  test('goes hop by hop from the pod to the nodes behind the service that it talks to most', () => {
    const at = atPath()
    at.sees(
      'Talks to     service payments/shop: 4 sockets to 10.96.3.3:80',
      'Suspect      none: nothing that is measured on the way stands in a band',
      /Pod +web\/front-x2x4z: 0% of 1000 segments sent again in 5 s, RTT/,
      /Cable +eth0 - veth1a2b3c4d: nothing lost on eth0, nothing lost/,
      /Bridge +cni0: nothing lost on cni0/,
      /Node +worker-1: conntrack/,
      /Service +payments\/shop: 2 of 2 endpoints ready/,
      /Backend +worker-2: payments\/shop-1; conntrack/,
      /Backend +worker-1: 10\.1\.0\.8: on the same node/,
    )
  })

  test('names the hop in the worst band, and why', () => {
    const at = atPath()
    at.has('worker-2', { 'conntrack.fill': 97 })
    at.wait(20)
    at.say(seen(front, pathLook(), at.now))
    at.sees(/Suspect +backend worker-2: conntrack 97\.?0? ?% \(critical\)/, /> Backend +worker-2/)
  })

  test('marks what a cable loses now by the band of interfaces', () => {
    const outside = { name: clean('veth1a2b3c4d'), drops: 400, errors: 0, dropsPerSecond: 80, errorsPerSecond: 0 }
    const at = atPath({ outside })
    at.sees(/Suspect +cable eth0 - veth1a2b3c4d: 400 drops on veth1a2b3c4d, now 80/)
  })

  test('blames the pod itself only where nothing else explains what it sends again', () => {
    const tcp = { sent: 90_000, sentAgain: 900, window: { seconds: 5, sent: 950, sentAgain: 50 } }
    const at = atPath({ tcp })
    at.sees(/Suspect +pod web\/front-x2x4z: 5\.?0* ?% of 1000 segments sent again in 5 s/)
    at.say(shopSlice(endpoint('10.1.1.9', 'worker-2', false), endpoint('10.1.0.8', 'worker-1', false)))
    at.sees('Suspect      service payments/shop: 0 of 2 endpoints ready (critical)')
  })

  test('blames no service for endpoints of earlier, or for having none that it never chose', () => {
    const at = atPath()
    at.say(shopSlice(endpoint('10.1.1.9', 'worker-2', false), endpoint('10.1.0.8', 'worker-1', false)))
    at.sees('Suspect      service payments/shop: 0 of 2 endpoints ready (critical)')
    at.say(source('endpointslices', 'stale', { known: epoch }))
    at.sees('Suspect      none', /Service +payments\/shop: endpoints as of earlier; 0 of 2 endpoints ready,/)
    at.say(source('endpointslices', 'live'), shopSlice())
    at.sees(/Suspect +service payments\/shop: 0 of 0 endpoints ready \(warning\)/)
  })

  test('blames a pod that sends nothing but repeats', () => {
    const at = atPath({ tcp: { sent: 90, sentAgain: 900, window: { seconds: 5, sent: 0, sentAgain: 400 } } })
    at.sees(/Suspect +pod web\/front-x2x4z: 100 ?% of 400 segments sent again in 5 s/)
  })

  test('of too few segments raises nothing', () => {
    const at = atPath({ tcp: { sent: 90, sentAgain: 9, window: { seconds: 5, sent: 20, sentAgain: 5 } } })
    at.sees('Suspect      none')
  })

  test('v goes to the next whom the pod talks to: a pod by itself, then somebody outside', () => {
    const partners = [
      talkPartner('10.96.3.3', 80, 4),
      talkPartner('10.1.1.7', 7400, 2),
      talkPartner('8.8.8.8', 443, 1),
      talkPartner('10.0.0.8', 10250, 1),
    ]
    const at = atPath({ partners }, large)
    at.sees('Others       v shows the next: pod payments/peer-1 (2), 8.8.8.8 (external) (1), node worker-2 (1)')
    at.press('v')
    at.sees(/Service +none: the other end is addressed by its own address/, /Backend +worker-2: payments\/peer-1/)
    at.press('v')
    at.sees(/Peer +8\.8\.8\.8: not measured: outside of the cluster/)
    at.press('v')
    at.sees(/Backend +worker-2: the node itself, or a pod on its network/)
    at.press('v')
    at.sees('Talks to     service payments/shop')
  })

  test('by a headless service names it', () => {
    const at = atPath({ partners: [talkPartner('10.1.1.7', 7400, 2)] }, large)
    at.say(
      put('service', serviceRecord('payments/peers', { headless: true, clusterAddresses: [] })),
      put('endpointslice', {
        ...sliceRecord('payments/peers', 0),
        endpoints: [{ ...endpoint('10.1.1.7', 'worker-2'), pod: peer.id }],
      }),
    )
    at.sees('the other end is addressed by its own address (as by the headless payments/peers)')
  })

  test(':path NAMESPACE/SERVICE shows the way to one that nobody talks to now', () => {
    const at = atPath({ partners: [] })
    at.sees('Talks to     nobody')
    command(at, 'path payments/shop')
    at.sees('Talks to     service payments/shop: no socket now', /Service +payments\/shop: 2 of 2/)
  })

  test('of a pod on the network of its node has no cable', () => {
    const at = atPath({ footing: footing({ isHost: true }) })
    at.sees(/Cable +none: on the network of the node: no cable, no bridge/)
  })

  test('says of what is not measured why', () => {
    const at = atPath({ footing: footing({ right: 'user' }), outside: undefined as never, bridge: undefined as never })
    at.sees("the node's end takes root")
    at.becomes('worker-2', 'lost')
    at.wait(20)
    at.say(seen(front, pathLook(), at.now))
    at.sees(/Backend +worker-2 \(lost\): payments\/shop-1/)
  })

  test('x shows what a person would type', () => {
    const at = atPath()
    at.press('x')
    at.sees('nsenter -t 4711 -n ss -tuani')
    expect(at.screen.join('\n')).toContain('On worker-1, as root:')
  })
})
