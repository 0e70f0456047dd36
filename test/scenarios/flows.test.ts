import { describe, expect, test } from 'vitest'
import type { Address } from '../../source/events/address.ts'
import { type Inquiry, inquiryKey, type Report } from '../../source/events/inquiry.ts'
import type { FlowsLook } from '../../source/events/looks.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { clean } from '../../source/text/clean.ts'
import { flowGroup, flowsLook, newGroup } from '../store/flow-arbitraries.ts'
import { type Driver, open } from './driver.ts'
import { allLive, api, cluster, nodeRecord, podRecord, put, serviceRecord } from './kubernetes.ts'

const plain: Inquiry = { node: 'worker-1' as NodeName, place: { kind: 'host' }, tab: 'flows' }
/** What is asked after a yes. */
const agreedIn = (at: Driver): Inquiry => {
  const [inquiry, ...others] = at.asked
  expect(others).toEqual([])
  expect(inquiry?.consent).toEqual(expect.any(Number))
  return inquiry ?? plain
}

const watched = (): Driver => {
  const at = open({ nodes: 2 })
  at.say(
    cluster(),
    api(),
    ...allLive,
    put('node', nodeRecord('worker-1')),
    put('node', nodeRecord('worker-2')),
    put('pod', podRecord('payments/api')),
    put('pod', podRecord('payments/shop-1', { addresses: ['10.1.0.9' as Address], node: 'worker-2' as NodeName })),
    put('pod', podRecord('payments/shop-2', { addresses: ['10.1.0.10' as Address] })),
    put('service', serviceRecord('payments/shop')),
  )
  return at
}

/** What comes of an inquiry, as of now. */
const answers = (at: Driver, inquiry: Inquiry, look: FlowsLook): void =>
  at.say({ type: 'report', key: inquiryKey(inquiry), report: { state: 'live', at: at.now * 1000, look } })

const reports = (at: Driver, inquiry: Inquiry, report: Report): void =>
  at.say({ type: 'report', key: inquiryKey(inquiry), report })

const groups = [
  flowGroup({ count: 600 }),
  flowGroup({ count: 300, answerer: '10.1.0.10' as Address, state: clean('TIME_WAIT') }),
  flowGroup({
    source: '198.51.100.3' as Address,
    destination: '198.51.100.4' as Address,
    answerer: '198.51.100.4' as Address,
    answered: '198.51.100.3' as Address,
    port: 443,
    count: 100,
    standing: 'unreplied',
  }),
]
/** What stands inside the border as one text, wherever it was wrapped. */
const words = (at: Driver): string => at.body.join(' ').replace(/ +/g, ' ')

const listing = flowsLook(groups, [newGroup({ count: 50 })])

/** A table of more entries than are listed at once. */
const question = (): FlowsLook => {
  const { listed, ...look } = flowsLook([], [], { entries: 123_456, expectedCost: 741 })
  expect(listed?.flows.total).toBe(0)
  return look
}

const opened = (): Driver => {
  const at = watched()
  at.press('t')
  return at
}

const listed = (look = listing): Driver => {
  const at = opened()
  answers(at, plain, look)
  return at
}

describe('who fills a node’s connection tracking', () => {
  test('is asked of the node under the cursor, once, and said to take a while', () => {
    const at = opened()
    expect(at.title).toMatch('flows(worker-1)')
    at.sees('worker-1 adds up its table, and listens for 5s')
    expect(at.asked).toEqual([plain])
    answers(at, plain, listing)
    expect(at.asked).toEqual([])
    at.wait(600)
    expect(at.asked).toEqual([])
    at.sees('seen 10m ago; it took worker-1 190ms of CPU (125ms expected)')
  })

  test('stands by client and service at 80x24, the largest share first, with what begins', () => {
    const at = listed()
    expect(at.title).toMatch('flows(worker-1)[2]')
    at.sees(
      '1000 entries, 0.38% of 262144: 90% assured, 10% unreplied',
      '10/s begin: 50 in 5s',
      'clients: 90% pods, 0% nodes, 10% nobody of the cluster',
      /CLIENT +TO +PORT .*ENTRIES SHARE%/,
      /payments\/api +svc payments\/shop +tcp 80 +900 +90 +10/,
      /198\.51\.100\.3 +198\.51\.100\.4 +tcp 443 +100 +10 +0/,
    )
    expect(at.cursor).toMatch(/^payments\/api/)
    at.sees(/pod payments\/api +to service payments\/shop, tcp 80/, /answered by pod\s+payments\/shop-1 6\d\d/)
  })

  test('is told by backend and state on a key', () => {
    const at = listed()
    at.press('d')
    at.sees(/payments\/api +svc \S+ +tcp 80 +paymen\S+op-1 +ESTABLISHED +600 +60/, /op-2 +TIME_WAIT +300 +30/)
  })

  test('leads to the pod, to who answers it and to the service, and back to the same look', () => {
    const at = listed()
    at.press('enter')
    expect(at.title).toMatch(/─ pods?\(/)
    at.press('esc')
    expect(at.title).toMatch('flows(worker-1)[2]')
    expect(at.asked).toEqual([])
    at.press('s')
    at.sees(/services\(payments\)/, /shop/)
    at.press('esc', 'b')
    expect(at.title).toMatch(/─ pods?\(/)
  })

  test('says of an address that is nobody’s that there is nothing to open', () => {
    const at = listed()
    at.press('down', 'enter')
    at.sees('198.51.100.3 is nobody of this cluster')
  })

  test('can be filtered and sorted', () => {
    const at = listed()
    at.press('/')
    at.type('198.51')
    at.press('enter')
    expect(at.title).toMatch('[1 of 2]')
    at.seesNot('payments/api ')
  })

  test('is taken again on a key, while what was seen stays', () => {
    const at = listed()
    at.wait(30)
    at.effects()
    at.press('r')
    expect(at.asked).toEqual([plain])
    expect(at.effects()).toEqual([{ type: 'inquire-again' }])
    expect(words(at)).toMatch('listens for 5s to what begins; what follows is 30s old')
    at.sees(/payments\/api +svc/)
    at.wait(1)
    answers(at, plain, flowsLook([flowGroup({ count: 7 })]))
    expect(at.asked).toEqual([])
    at.sees('7 entries')
  })

  test('is listed in a large table only after a yes to its cost, each time', () => {
    const at = listed(question())
    expect(words(at)).toMatch(
      '123456 entries, 47.1% of 262144, counted 0s ago: to list them takes worker-1 some 741ms of CPU, at nice 19. y lists them, once',
    )
    at.seesNot('CLIENT')
    expect(at.asked).toEqual([])
    at.press('y')
    const agreed = agreedIn(at)
    at.wait(1)
    expect(at.asked).toEqual([agreed])
    answers(at, agreed, listing)
    expect(at.asked).toEqual([])
    at.sees(/payments\/api +svc/)
    at.wait(5)
    at.press('r')
    expect(at.asked).toEqual([plain])
    at.wait(1)
    answers(at, plain, question())
    at.sees('y lists them')
  })

  test('is agreed to anew by every yes, and r takes the last one back and looks at nothing with it', () => {
    const at = listed(question())
    at.press('y')
    const first = agreedIn(at)
    at.wait(1)
    reports(at, first, { state: 'refused', cause: clean('busy') })
    at.press('r')
    expect(at.asked).toEqual([plain])
    expect(at.effects()).toEqual([])
    at.wait(1)
    answers(at, plain, question())
    at.press('y')
    expect(agreedIn(at).consent).not.toBe(first.consent)
  })

  test('is what was agreed to last where it is opened again', () => {
    const at = listed(question())
    at.press('y')
    const agreed = agreedIn(at)
    at.wait(1)
    answers(at, agreed, listing)
    at.press('esc', 't')
    at.sees(/payments\/api +svc/)
    expect(at.asked).toEqual([])
  })

  test('does not take a yes where nothing was asked', () => {
    const at = listed()
    at.press('y')
    at.sees('nothing waits for a yes')
    expect(at.asked).toEqual([])
  })

  test('is told of a full table of assured entries, in which nothing begins', () => {
    const full = flowsLook([flowGroup({ count: 1000 })], [], { maximum: 1000 })
    expect(words(listed(full))).toMatch('the table is full, and 100% of what it holds is assured')
  })

  test('is told of a full table in which a new one puts out another', () => {
    const plainEntries = [flowGroup({ count: 999, standing: 'replied' }), flowGroup({ count: 1 })]
    const full = flowsLook(plainEntries, [newGroup({ count: 50 })], { maximum: 1000 })
    expect(words(listed(full))).toMatch(
      '10/s begin: 50 in 5s; the table is full, and 0.1% of what it holds is assured: a new connection puts out one that is not',
    )
  })

  test('of an empty table has no shares: there is nothing of which they could be', () => {
    const said = words(listed(flowsLook([])))
    expect(said).toMatch('0 entries, 0% of 262144')
    expect(said).not.toMatch(/assured|unreplied|clients:|NaN/)
  })

  test('is told with what could not be seen, and why nothing can', () => {
    const lack = { what: clean('who opens new connections'), advice: clean('install conntrack') }
    listed({ ...listing, lacks: [lack] }).sees('not seen: who opens new connections: install conntrack')
    const at = opened()
    reports(at, plain, { state: 'refused', cause: clean('told to root only') })
    at.sees('cannot be seen: told to root only; r looks again')
  })

  test('stands in that node’s pods, dated', () => {
    const at = listed()
    at.press('esc', 'enter')
    at.wait(60)
    at.sees(/NAMESPACE .* CT 60s ago/, /payments +api +\S+ Running .* 900/, /payments +shop-2 .* - /)
    at.press('esc')
    at.press('down', 'enter')
    at.seesNot('CT 60s ago')
  })

  test('is behind the same key on the screen of a node', () => {
    const at = watched()
    at.press('enter', 't')
    expect(at.title).toMatch('flows(worker-1)')
  })
})
