import { describe, expect, test } from 'vitest'
import type { Address } from '../../source/events/address.ts'
import { inquiryKey } from '../../source/events/inquiry.ts'
import type { Look } from '../../source/events/looks.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { clean } from '../../source/text/clean.ts'
import { flowGroup } from '../store/flow-arbitraries.ts'
import { origin, pairs, reading } from './cluster.ts'
import type { Driver } from './driver.ts'
import { gone, podRecord, put, serviceRecord, source } from './kubernetes.ts'
import {
  conntrackLook,
  ended,
  pathLook,
  resolverLook,
  routesLook,
  rulesLook,
  seen,
  socket,
  socketsLook,
  talkPartner,
} from './looks.ts'
import { command, front, large, opened, pod, worker2 } from './pod-opened.ts'

const taken = '10.1.0.9' as Address
const first = pod('shop/first', { addresses: [taken] })
/** Gets the address afterwards; of another node. */
const heir = pod('web/heir', { addresses: [taken], node: worker2 })
const passedOn = [gone('pod', first.id), put('pod', heir)]

const group = flowGroup({ destination: taken, answerer: taken, count: 60 })

/** What each tab shows of the address, and how that names it. */
const shows: readonly (readonly [look: Look, name: RegExp])[] = [
  [conntrackLook([group]), /10\.1\.0\.9:80 +pod shop\/first/],
  [
    conntrackLook([], [], { own: { entries: 1, counters: [], flows: { groups: [group], rest: 0, total: 60 } } }),
    /shop\/first/,
  ],
  [socketsLook([socket(taken, 8080)]), /10\.1\.0\.9:8080 +pod shop\/first/],
  [
    routesLook({
      neighbours: [{ address: clean(taken), device: clean('eth0'), mac: clean(''), state: clean('FAILED') }],
    }),
    /nobody answers for 10\.1\.0\.9 \(pod shop\/first\)/,
  ],
  [resolverLook({ servers: [clean(taken)] }), /Servers +10\.1\.0\.9 \(pod shop\/first\)/],
  [pathLook({ partners: [talkPartner(taken, 8080)] }), /Talks to +pod shop\/first/],
]

const at = (look: Look): Driver => {
  const at = opened(large, first)
  command(at, look.tab)
  at.say(seen(front, look, at.now))
  return at
}

describe('what a tab shows', () => {
  test.each(shows)('is told by the names that addresses had when it was seen: $tab', (look, name) => {
    const then = at(look)
    then.sees(name)
    then.say(...passedOn)
    then.sees(name)
    then.seesNot('web/heir')
    then.say(ended(front, look, then.now, 'connection lost'))
    then.wait(100)
    then.sees('no more since', name)
    then.seesNot('web/heir')
  })

  test.each(shows)('is told by the names of now as soon as it is seen anew: $tab', (look) => {
    const then = at(look)
    then.say(...passedOn, seen(front, { ...look }, then.now))
    then.sees(/web\/heir/)
    then.seesNot('shop/first')
  })

  test('is told by the names that came first where none was known when it was seen', () => {
    const then = opened(large)
    command(then, 'sockets')
    then.say(source('pods', 'starting'), seen(front, socketsLook([socket(taken, 8080)]), then.now))
    then.sees(/10\.1\.0\.9:8080 +\? /)
    then.say(put('pod', first), source('pods'))
    then.sees(/10\.1\.0\.9:8080 +pod shop\/first/)
    then.say(...passedOn)
    then.sees(/10\.1\.0\.9:8080 +pod shop\/first/)
  })

  test('calls external who was nobody of the cluster then, and who became one later', () => {
    const then = opened(large)
    command(then, 'sockets')
    then.say(seen(front, socketsLook([socket(taken, 8080)]), then.now))
    then.say(put('pod', heir))
    then.sees(/10\.1\.0\.9:8080 +external/)
  })

  test('leads along the path to the node that a pod was on then', () => {
    const then = at(pathLook({ partners: [talkPartner(taken, 8080)] }))
    then.sees(/Backend +worker-1: shop\/first: on the same node/)
    then.say(put('pod', { ...first, node: worker2 }))
    then.sees(/Backend +worker-1: shop\/first: on the same node/)
  })

  test('names who had the address of a backend when the rules were taken', () => {
    const then = opened(large, first)
    then.say(put('service', serviceRecord('web/front', { clusterAddresses: ['10.96.1.1' as Address] })))
    command(then, 'rules web/front')
    then.press('r')
    const [inquiry = expect.fail('nothing is asked')] = then.asks
    const look = rulesLook()
    const backends = look.backends.map((backend) => ({ ...backend, address: taken }))
    const report = { state: 'live', at: then.now * 1000, look: { ...look, backends } } as const
    then.say({ type: 'report', key: inquiryKey(inquiry), report })
    then.say(...passedOn)
    then.sees(/10\.1\.0\.9:8080 +pod shop\/first/)
  })
})

describe('lookups of a pod whose address was given on', () => {
  const worker1 = 'worker-1' as NodeName
  const looked = (then: Driver): void =>
    then.say(
      origin(worker1, 'dns.lookups', 'tcpdump, on cni0: pods of this node', 'node'),
      reading(worker1, then.now, { 'dns.lookups': 12 }),
      pairs(worker1, then.now, [['10.1.0.7', 'of-the-heir.example', 80, 0]]),
    )

  test.each([
    ['to another pod', [gone('pod', front.id), put('pod', podRecord('web/heir'))]],
    ['to one of its name', [put('pod', podRecord(front.id, { uid: heir.uid }))]],
    ['while it is still there', [put('pod', podRecord('web/heir', { created: front.created + 1 }))]],
  ])('%s are not those of the one that has it now', (_, events) => {
    const then = at(resolverLook())
    looked(then)
    then.sees('of-the-heir.example')
    then.say(...events)
    looked(then)
    then.seesNot('of-the-heir.example')
    then.sees(/Live +none seen/)
  })

  test('are those that were seen while nobody else has it', () => {
    const then = at(resolverLook())
    then.say(gone('pod', front.id))
    looked(then)
    then.sees('of-the-heir.example')
  })
})
