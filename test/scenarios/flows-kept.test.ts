import { describe, expect, test } from 'vitest'
import type { PodId } from '../../source/events/names.ts'
import { flowsLook, newGroup } from '../store/flow-arbitraries.ts'
import { open } from './driver.ts'
import { answers, groups, listed, listing, plain, question, shop, watched, words } from './flows-opened.ts'
import { gone, podRecord, put, serviceRecord, source, twoNodes } from './kubernetes.ts'
import { overviewLook, uidOf } from './looks.ts'

describe('what filled a node’s connection tracking', () => {
  test('stands in that node’s pods, dated', () => {
    const at = listed()
    at.press('esc', 'enter')
    at.wait(60)
    at.sees(/NAMESPACE .* CT 60s ago/, /payments +api +\S+ Running .* 900/, /payments +shop-2 .* 0 /)
    at.press('esc')
    at.press('down', 'enter')
    at.seesNot('CT 60s ago')
  })

  test('stays in that node’s pods beside a question that came later, and says where there may be more', () => {
    const at = watched()
    at.press('t')
    answers(at, plain, flowsLook(groups, [], { rest: 4000 }))
    at.wait(20)
    answers(at, plain, question())
    at.press('esc', 'enter')
    at.sees(/CT 20s ago/, /payments +api +\S+ Running .* ≥900/, /payments +shop-2 .* - /)
  })

  test('stays in that node’s pods, however much is looked at afterwards', () => {
    const at = listed()
    for (let second = 0; second < 40; second++)
      at.say({
        type: 'report',
        key: `worker-2 host overview ${second}`,
        report: { state: 'live', at: at.now * 1000, look: overviewLook() },
      })
    at.press('esc', 't')
    expect(at.asked).toEqual([])
    at.sees(/payments\/api +svc/)
  })

  test('is told by the names that addresses had when it was listed, and leads to the pod that had one', () => {
    const at = listed()
    at.say(gone('pod', 'payments/api' as PodId), put('pod', podRecord('web/heir')), gone('service', shop))
    at.sees(/payments\/api +svc payments\/shop/)
    at.seesNot('web/heir')
    at.press('enter')
    at.sees('pod(payments/api)', 'the pod is gone')
    at.press('esc', 'esc', 'enter')
    at.sees(/web +heir .* - /)
  })

  test('is told by the names that came first where none was known when it was listed', () => {
    const at = open({ nodes: 2 })
    at.say(...twoNodes, source('pods', 'starting'), source('services', 'starting'))
    at.press('t')
    answers(at, plain, listing)
    at.sees(/10\.1\.0\.7 +10\.96\.0\.10/)
    at.say(put('pod', podRecord('payments/api')), put('service', serviceRecord('payments/shop')))
    at.say(source('pods'), source('services'))
    at.sees(/payments\/api +svc payments\/shop/)
    at.say(gone('pod', 'payments/api' as PodId), put('pod', podRecord('web/heir')))
    at.sees(/payments\/api +svc payments\/shop/)
  })

  test('is nobody’s of today who bears the name of a pod of then', () => {
    const at = listed()
    at.say(put('pod', podRecord('payments/api', { uid: uidOf(99) })))
    at.press('esc', 'enter')
    at.sees(/payments +api +\S+ Running .* - /)
  })

  test('says of each figure that there may be more, where groups were too small or new ones were missed', () => {
    const at = watched()
    at.press('t')
    const look = flowsLook(groups, [newGroup({ count: 50 })], { rest: 1000 })
    if (look.listed?.began === undefined) throw new Error('nothing began')
    const began = { ...look.listed.began, isLossy: true }
    answers(at, plain, { ...look, listed: { ...look.listed, began } })
    at.sees(
      /payments\/api +svc payments\/shop +tcp 80 +≥900 +≥45 +≥10/,
      'at least 45% assured, 5% unreplied; 1000',
      'at least 10/s begin: 50 in 5s, and some were missed',
      'clients: at least 45% pods, 0% nodes, 5% nobody of the cluster',
    )
  })

  test('says where another number was listed than was counted', () => {
    const other = (entries: number): string => words(listed({ ...flowsLook(groups), entries }))
    expect(other(1200)).toMatch(
      '1200 entries, 0.46% of 262144: 90% assured, 10% unreplied; 1000 were listed: the others have',
    )
    expect(other(990)).toMatch('; 1000 were listed: some began meanwhile')
    expect(other(1000)).not.toMatch('were listed')
    const { listed: whole } = listing
    if (whole === undefined) throw new Error('nothing is listed')
    const at = listed({ ...listing, entries: 1200, listed: { ...whole, brokeOff: true } })
    expect(words(at)).toMatch('at least 90% assured, 10% unreplied; only 1000 were listed, then it broke off')
    at.sees(/payments\/api .* ≥900 /)
  })
})
