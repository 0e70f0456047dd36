import { describe, expect, it } from 'vitest'
import { WrongUse } from '../../../source/config/wrong-use.ts'
import { inquiryKey } from '../../../source/events/inquiry.ts'
import type { ServiceId } from '../../../source/events/names.ts'
import type { SliceRecord } from '../../../source/events/records.ts'
import { serviceIdOf } from '../../../source/modes/pod/subject.ts'
import { clean } from '../../../source/text/clean.ts'
import { put, serviceRecord, sliceRecord, source } from '../../scenarios/kubernetes.ts'
import { rulesLook } from '../../scenarios/looks.ts'
import { front, live, looking, told, worker } from './looking.ts'

/** The service of which the pod is an endpoint. */
const chosen: SliceRecord = {
  ...sliceRecord('web/front', 1),
  endpoints: sliceRecord('web/front', 1).endpoints.map((endpoint) => ({ ...endpoint, pod: front.id })),
}

const all = [
  ...told(front),
  put('service', serviceRecord('web/front')),
  put('service', serviceRecord('web/other')),
  put('endpointslice', chosen),
]

const service = (id: string): { readonly service: ServiceId } => ({ service: clean(id) as ServiceId })

describe('kntop pod --tab rules', () => {
  it('takes those of the first service that chooses the pod, on its node, once', async () => {
    const { feed, code, json, asked } = looking({ tab: 'rules' })
    feed.say(...all)
    await asked()
    const [inquiry = expect.fail('nothing is asked')] = feed.inquiries()
    expect(inquiry).toMatchObject({
      node: worker,
      place: { kind: 'host' },
      service: { id: 'web/front' },
      consent: expect.any(Number),
    })
    feed.say(live, { type: 'report', key: inquiryKey(inquiry), report: { state: 'live', at: 0, look: rulesLook() } })
    expect(await code).toBe(0)
    expect(await json()).toMatchObject({ tabs: { rules: { service: 'web/front', way: 'iptables-nft' } } })
  })

  it('takes those of the service that is named', async () => {
    const { feed, asked } = looking({ tab: 'rules', ...service('web/other') })
    feed.say(...all)
    await asked()
    expect(feed.inquiries()).toMatchObject([{ service: { id: 'web/other' } }])
  })

  it('waits for services before it says that there is none', async () => {
    const { feed, code, json, said } = looking({ tab: 'rules', ...service('web/late') })
    feed.say(...all, source('services', 'starting'))
    await new Promise(setImmediate)
    expect(feed.hasEnded()).toBe(false)
    feed.say(source('services'))
    expect(await code).toBe(1)
    expect(await json()).toMatchObject({
      tabs: { rules: { missing: 'no-data', cause: 'no service web/late is known' } },
    })
    expect(said()).toBe('kntop: no service web/late is known\n')
  })

  it('says why where no service chooses the pod', async () => {
    const { feed, code, said } = looking({ tab: 'rules' })
    feed.say(...told(front))
    expect(await code).toBe(1)
    expect(said()).toBe('kntop: no service chooses this pod; --service NAMESPACE/NAME names one\n')
  })
})

describe('--service', () => {
  it.each(['', 'front', 'a/b/c', 'web/', 'Web/front', 'web/$(id)'])('refuses what can be no service: %j', (typed) => {
    expect(() => serviceIdOf(typed)).toThrow(WrongUse)
  })
})
