import { describe, expect, it } from 'vitest'
import { inquiryKey } from '../../../source/events/inquiry.ts'
import type { Look } from '../../../source/events/looks.ts'
import { put, serviceRecord, sliceRecord } from '../../scenarios/kubernetes.ts'
import { pathLook, resolverLook, rulesLook, stackLook, talkPartner } from '../../scenarios/looks.ts'
import { front, live, looking, told } from './looking.ts'

const chosenBy = (service: string) => {
  const slice = sliceRecord(service, 1)
  return [
    put('service', serviceRecord(service)),
    put('endpointslice', { ...slice, endpoints: slice.endpoints.map((endpoint) => ({ ...endpoint, pod: front.id })) }),
  ]
}

/** What is printed of a tab of a pod that two services choose. */
const printedOf = async (look: Look): Promise<string> => {
  const { feed, code, printed, asked } = looking({ output: 'table', tab: look.tab })
  feed.say(...told(front), ...chosenBy('web/front'), ...chosenBy('web/other'))
  await asked()
  const [inquiry = expect.fail('nothing is asked')] = feed.inquiries()
  feed.say(live, { type: 'report', key: inquiryKey(inquiry), report: { state: 'live', at: 0, look } })
  expect(await code).toBe(0)
  return printed
}

describe('what is printed once', () => {
  it('names the flag, and no key, that shows the rules of another service', async () => {
    const text = await printedOf(rulesLook())
    expect(text).toMatch(/\(1 of 2, --service NAMESPACE\/NAME prints another\)/)
    expect(text).not.toMatch('v shows')
  })

  it('names the others to whom a pod talks without a key, and promises no second look', async () => {
    const partners = [talkPartner('10.96.3.3', 80, 4), talkPartner('10.96.3.4', 80, 2)]
    const text = await printedOf(pathLook({ tcp: { sent: 90_000, sentAgain: 12 }, partners }))
    expect(text).toMatch(/^Others +\S/m)
    expect(text).not.toMatch(/v shows|second look/)
    expect(text).toMatch(/^Pod +web\/front: what is sent again takes two looks, as on the screen/m)
  })

  it('does not say that a node is waited for where nothing is sampled', async () => {
    const text = await printedOf(pathLook())
    expect(text).toMatch('worker-1: not measured: nothing is sampled here, kntop --once tells')
    expect(text).not.toMatch('waiting for the first reading')
  })

  it('says of counters that there are no rates, and of a lookup nothing that takes a screen', async () => {
    const { seconds: _, ...first } = stackLook({ TcpRetransSegs: 7, TcpOutSegs: 70 })
    expect(await printedOf(first)).toMatch('no rates: they take two looks, as on the screen')
    expect(await printedOf(resolverLook())).toMatch(/^Lookup +example\.com: up to/m)
  })
})
