import { expect } from 'vitest'
import type { Address } from '../../source/events/address.ts'
import { type Inquiry, inquiryKey, type Report } from '../../source/events/inquiry.ts'
import type { FlowsLook } from '../../source/events/looks.ts'
import type { ServiceId } from '../../source/events/names.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { clean } from '../../source/text/clean.ts'
import { flowGroup, flowsLook, newGroup } from '../store/flow-arbitraries.ts'
import { type Driver, open } from './driver.ts'
import { podRecord, put, serviceRecord, twoNodes } from './kubernetes.ts'

export const plain: Inquiry = { node: 'worker-1' as NodeName, place: { kind: 'host' }, tab: 'flows' }
export const shop = 'payments/shop' as ServiceId

/** What is asked after a yes. */
export const agreedIn = (at: Driver): Inquiry => {
  const [inquiry, ...others] = at.asked
  expect(others).toEqual([])
  expect(inquiry?.consent).toEqual(expect.any(Number))
  return inquiry ?? plain
}

export const watched = (): Driver => {
  const at = open({ nodes: 2 })
  at.say(
    ...twoNodes,
    put('pod', podRecord('payments/api')),
    put('pod', podRecord('payments/shop-1', { addresses: ['10.1.0.9' as Address], node: 'worker-2' as NodeName })),
    put('pod', podRecord('payments/shop-2', { addresses: ['10.1.0.10' as Address] })),
    put('service', serviceRecord('payments/shop')),
  )
  return at
}

/** What comes of an inquiry, as of now. */
export const answers = (at: Driver, inquiry: Inquiry, look: FlowsLook): void =>
  at.say({ type: 'report', key: inquiryKey(inquiry), report: { state: 'live', at: at.now * 1000, look } })

export const reports = (at: Driver, inquiry: Inquiry, report: Report): void =>
  at.say({ type: 'report', key: inquiryKey(inquiry), report })

export const groups = [
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
export const words = (at: Driver): string => at.body.join(' ').replace(/ +/g, ' ')

export const listing = flowsLook(groups, [newGroup({ count: 50 })])

/** A table of more entries than are listed at once. */
export const question = (): FlowsLook => {
  const { listed, ...look } = flowsLook([], [], { entries: 123_456, expectedCost: 741 })
  expect(listed?.flows.total).toBe(0)
  return look
}

export const opened = (): Driver => {
  const at = watched()
  at.press('t')
  return at
}

export const listed = (look = listing): Driver => {
  const at = opened()
  answers(at, plain, look)
  return at
}
