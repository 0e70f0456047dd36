import { describe, expect, test } from 'vitest'
import type { Address } from '../../source/events/address.ts'
import { type Inquiry, inquiryKey, type Report } from '../../source/events/inquiry.ts'
import type { ConntrackLook } from '../../source/events/looks.ts'
import { clean } from '../../source/text/clean.ts'
import { flowGroup } from '../store/flow-arbitraries.ts'
import type { Driver } from './driver.ts'
import { gone } from './kubernetes.ts'
import { conntrackLook, inquiryAbout, overviewLook, seen } from './looks.ts'
import { command, front, large, opened } from './pod-opened.ts'

const plain = inquiryAbout(front, 'conntrack')

const listing = (address: string): ConntrackLook =>
  conntrackLook([flowGroup({ destination: address as Address, answerer: address as Address, count: 60 })], [], {
    entries: 123_456,
    cost: 801,
  })

const question = (entries = 123_456): ConntrackLook => {
  const { flows, cost, ...counted } = conntrackLook([], [], { entries, expectedCost: 766, isQuestion: true })
  expect([flows?.client.total, cost]).toEqual([0, 30])
  return counted
}

const reports = (at: Driver, inquiry: Inquiry, report: Report): void =>
  at.say({ type: 'report', key: inquiryKey(inquiry), report })

/** The node answers what is asked of it, as of now. */
const answer = (at: Driver, look: ConntrackLook): void => {
  const [asked = expect.fail('nothing is asked')] = at.asked
  reports(at, asked, { state: 'live', at: at.now * 1000, look })
}

const words = (at: Driver): string => at.body.join(' ').replaceAll(/[│ ]+/g, ' ')

/** A listing that was agreed to, a minute old. */
const paid = (): Driver => {
  const at = opened(large)
  command(at, 'conntrack')
  answer(at, question())
  at.press('y')
  answer(at, listing('10.9.0.1'))
  at.wait(60)
  at.sees('seen 60s ago, once; r counts anew', '10.9.0.1:80')
  return at
}

describe('a listing of tracked connections that was agreed to', () => {
  test('stays, dated, while it is counted anew, while that asks for a yes, and until the new one is there', () => {
    const at = paid()
    at.press('r')
    expect(at.asked).toEqual([plain])
    at.sees('10.9.0.1:80')
    expect(words(at)).toMatch('is counted anew; what follows was seen 60s ago')
    answer(at, question(98_765))
    at.sees('10.9.0.1:80', /took worker-1 801ms/)
    expect(words(at)).toMatch(
      '98765 entries are too many to be listed on a timer: it takes worker-1 some 766ms of CPU, at nice 19. y lists them, once; what follows was seen 60s ago',
    )
    at.wait(5)
    at.press('y')
    expect(at.asked).toEqual([{ ...plain, consent: expect.any(Number) as number }])
    reports(at, at.asked[0] ?? plain, { state: 'waiting' })
    at.sees('10.9.0.1:80', 'is being listed again; what follows was seen 65s ago')
    answer(at, listing('10.9.0.2'))
    at.sees('10.9.0.2:80', 'seen 0s ago, once')
    at.seesNot('10.9.0.1')
  })

  test('stays, dated, where the new one fails', () => {
    const at = paid()
    at.press('r')
    answer(at, question())
    at.press('y')
    reports(at, at.asked[0] ?? plain, { state: 'refused', cause: clean('the look broke off, with status 2') })
    at.sees('10.9.0.1:80', 'seen 60s ago, no more since: the look broke off, with status 2; r looks again')
  })

  test('stays, dated, where it cannot be counted anew', () => {
    const at = paid()
    at.press('r')
    reports(at, plain, { state: 'refused', cause: clean('sudo: a password is required') })
    at.sees('10.9.0.1:80', 'seen 60s ago, no more since: sudo: a password is required')
  })

  test('stays where its node is lost, and where the pod is gone', () => {
    const at = paid()
    at.press('r')
    answer(at, question())
    reports(at, plain, { state: 'ended', at: at.now * 1000, look: question(), cause: clean('connection reset') })
    at.sees('10.9.0.1:80', 'seen 60s ago, no more since: connection reset')
    at.say(gone('pod', front.id))
    at.sees('10.9.0.1:80', 'seen 60s ago, no more since: the pod is gone')
  })

  test('is there when one comes back, beside the question, whatever else was looked at', () => {
    const at = paid()
    command(at, 'nodes')
    for (let number = 0; number < 40; number++) at.say(seen(`worker-${number}`, overviewLook(), at.now))
    command(at, 'pod web/front-x2x4z')
    command(at, 'conntrack')
    expect(at.asked).toEqual([plain])
    at.sees('10.9.0.1:80', 'is counted anew; what follows was seen 60s ago')
    answer(at, question())
    at.sees('10.9.0.1:80', 'y lists them, once; what follows was seen 60s ago')
  })

  test('gives way to a listing of a table that has become small', () => {
    const at = paid()
    at.press('r')
    answer(at, { ...listing('10.9.0.3'), entries: 900 })
    at.sees('live, 0s old', '10.9.0.3:80')
    at.seesNot('10.9.0.1')
    answer(at, question())
    at.sees('10.9.0.3:80', 'y lists them, once; what follows was seen 0s ago')
  })

  test('is what x shows by hand while another one is asked about', () => {
    const at = paid()
    at.press('r')
    answer(at, question())
    at.press('x')
    at.sees('conntrack -L -f ipv4 -s 10.1.0.7', 'what follows was seen 60s ago')
  })

  test('is of its pod alone', () => {
    const at = paid()
    command(at, 'nodes')
    at.press('h')
    command(at, 'conntrack')
    answer(at, question())
    at.seesNot('10.9.0.1', 'what follows')
  })
})
