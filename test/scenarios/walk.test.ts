import { describe, expect, test } from 'vitest'
import type { Address } from '../../source/events/address.ts'
import { inquiryKey } from '../../source/events/inquiry.ts'
import type { FlowsLook } from '../../source/events/looks.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { tabs } from '../../source/screens/pod/tabs.ts'
import { clean } from '../../source/text/clean.ts'
import { flowGroup, flowsLook, newGroup } from '../store/flow-arbitraries.ts'
import { type Driver, open } from './driver.ts'
import { podRecord, put, serviceRecord, twoNodes } from './kubernetes.ts'
import { overviewLook, seen } from './looks.ts'
import { pod } from './pod-opened.ts'

const maximum = 262_144
const client = pod('payments/client-7d9f', { node: 'worker-2' as NodeName })

/** Two nodes at 80x24, the table of the second of which is full. */
const troubled = (): Driver => {
  const at = open({ nodes: 2 })
  at.say(
    ...twoNodes,
    put('pod', client),
    put('pod', podRecord('payments/shop-1', { addresses: ['10.1.0.9' as Address] })),
    put('pod', podRecord('web/front', { addresses: ['10.1.0.20' as Address], node: 'worker-2' as NodeName })),
    put('service', serviceRecord('payments/aside', { clusterAddresses: ['10.96.0.11' as Address] })),
    put('service', serviceRecord('payments/shop')),
  )
  at.has('worker-2', { 'conntrack.fill': 99.9, 'conntrack.entries': 262_000, 'conntrack.max': maximum })
  at.wait(30)
  return at
}

/** All entries carry the addresses of one pod and one service, but for a few. */
const fullOf = (standing: 'assured' | 'replied', began: number): FlowsLook =>
  flowsLook(
    [
      flowGroup({ protocol: clean('udp'), state: clean(''), standing, count: 261_000 }),
      flowGroup({ source: '10.1.0.20' as Address, destination: '10.96.0.11' as Address, count: 900 }),
    ],
    began === 0 ? [] : [newGroup({ count: began })],
    { maximum, entries: 262_000, expectedCost: 2136 },
  )

const asQuestion = ({ listed, ...look }: FlowsLook): FlowsLook => {
  expect(listed?.flows.total).toBeGreaterThan(50_000)
  return look
}

const answers = (at: Driver, look: FlowsLook): void => {
  const [inquiry] = at.asked
  if (inquiry === undefined) throw new Error('nothing is asked')
  at.say({ type: 'report', key: inquiryKey(inquiry), report: { state: 'live', at: at.now * 1000, look } })
}

/** Presses `tab` through all tabs of the pod, back to the first: each asks for its own look. */
const throughTabs = (at: Driver): void => {
  for (const { name } of [...tabs, ...tabs.slice(0, 1)]) {
    expect(at.title).toMatch(new RegExp(`pod\\(payments/client-7d9f\\) ${name}`))
    // What is taken on a key is not asked for before.
    expect(at.asked.map(({ tab }) => tab)).toEqual(name === 'rules' ? [] : [name])
    at.press('tab')
  }
  at.press('shift-tab')
}

describe('from a full table of connections to who fills it, by keys only', () => {
  test.each([
    {
      standing: 'assured',
      began: 0,
      says: 'none began in 5s, so no rate can be told; the table is full, and 100% of what it holds is assured, which',
    },
    {
      standing: 'replied',
      began: 2000,
      says: '400/s begin: 2000 in 5s; the table is full, and 0.34% of what it holds is assured: a new connection puts out',
    },
  ] as const)('of $standing entries', ({ standing, began, says }) => {
    const at = troubled()
    // The worst stands first: nobody has to look for it.
    expect(at.cursor).toMatch(/^worker-2 /)
    at.press('t')
    answers(at, asQuestion(fullOf(standing, began)))
    at.sees('262000 entries, 99.9% of 262144', /some 2\.14s\s+of CPU/, 'y lists')
    at.press('y')
    at.wait(6)
    answers(at, fullOf(standing, began))
    expect(at.body.join(' ').replace(/ +/g, ' ')).toContain(says)
    at.sees(/payments\/client-7d9f +svc payments\/shop +udp 80 +261000/)
    expect(at.cursor).toMatch(/^payments\/client-7d9f/)

    at.press('enter')
    at.say(seen(client, overviewLook(), at.now))
    at.sees(/Addresses +10\.1\.0\.7/)
    throughTabs(at)
    at.press('esc', 's')
    expect(at.title).toMatch('services(payments)')
    expect(at.cursor).toMatch(/shop/)

    // And from the node on: its pods, dated, and the same pod.
    at.press('esc', 'esc', 'enter')
    expect(at.title).toMatch('node(worker-2)')
    at.sees(/CT \d+s ago/)
    at.pressUntil('down', ' payments/client-7d9f Running')
    expect(at.cursor).toMatch(/ 261000 /)
    at.press('enter')
    throughTabs(at)
  })
})
