import { describe, expect, test } from 'vitest'
import type { PodRecord } from '../../source/events/records.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { tabs } from '../../source/screens/pod/tabs.ts'
import { clean } from '../../source/text/clean.ts'
import { gone, nodeRecord, put, source } from './kubernetes.ts'
import { containerId, inquiryAbout, overviewLook, report, seen } from './looks.ts'
import { command, front, opened, pod, small, watched, worker2 } from './pod-opened.ts'

describe('a pod that cannot be looked into', () => {
  test.each([
    [
      'pending',
      { phase: 'Pending', node: undefined, containers: [], reason: clean('Unschedulable') },
      'no node was chosen',
    ],
    [
      'coming up',
      { phase: 'Pending', containers: [], reason: clean('ContainerCreating') },
      'none of its containers was started yet: ContainerCreating',
    ],
    ['completed', { phase: 'Succeeded' }, 'it has completed: none of its processes runs'],
    ['failed', { phase: 'Failed', reason: clean('OOMKilled') }, 'it has failed: OOMKilled; none of its processes runs'],
    ['of a node that nobody watches', { node: 'far-1' as NodeName }, 'its node far-1 is not watched'],
  ] as const)('because it is %s says so, and asks nothing', (_, more, words) => {
    const at = watched(small, pod('web/odd', more))
    command(at, 'pod web/odd')
    at.sees(words)
    expect(at.asks).toEqual([])
    at.press('r')
    expect(at.effects()).toEqual([])
  })

  test('because its node runs Windows says so in every tab, and so does the node itself; nothing is asked', () => {
    const at = watched(small, pod('web/odd', { node: worker2 }))
    at.say(put('node', nodeRecord('worker-2', { system: clean('Windows Server 2022 Datacenter') })))
    const words = /worker-2 runs Windows: kntop looks into\s[│\s]*the network namespaces of Linux/
    const isRefused = (): void => {
      at.sees(words)
      expect(at.asks).toEqual([])
      at.press('r')
      expect(at.effects()).toEqual([])
    }
    command(at, 'pod web/odd')
    for (const { name } of tabs) {
      expect(at.title).toMatch(`pod(web/odd) ${name} on worker-2`)
      isRefused()
      at.press('tab')
    }
    command(at, 'nodes')
    at.press('down', 'h')
    expect(at.title).toMatch('host(worker-2)')
    isRefused()
    // One of the other node is looked into as ever.
    command(at, 'pod web/front-x2x4z')
    expect(at.asks).toEqual([inquiryAbout(front, 'overview')])
  })

  test('is asked for once its containers are started', () => {
    const early = pod('web/early', { phase: 'Pending', containers: [] })
    const at = watched(small, early)
    command(at, 'pod web/early')
    const started: PodRecord = { ...early, containers: front.containers }
    at.say(put('pod', started))
    expect(at.asks).toEqual([inquiryAbout(started, 'overview')])
  })
})

describe('a pod that goes while it is looked at', () => {
  const other = (id: string, more: Partial<PodRecord> = {}): PodRecord => pod(id, more)

  test('leaves what was seen last, dated, and offers who takes its place; nobody is followed by itself', () => {
    const next = other('web/front-later', { node: worker2, created: front.created + 1000 })
    const at = opened(small, next)
    at.say(seen(front, overviewLook(), at.now), gone('pod', front.id))
    at.silence(12)
    at.sees('seen 12s ago, no more since: the pod is gone', /n follows\s[│\s]*web\/front-later on worker-2/, /eth0 +UP/)
    expect(at.title).toMatch('on worker-1 gone')
    expect(at.asks).toEqual([])
    at.press('n')
    expect(at.title).toMatch('pod(web/front-later) overview on worker-2')
    expect(at.asks).toEqual([inquiryAbout(next, 'overview')])
  })

  test('is not told to run below a tab of which nothing was seen', () => {
    const at = opened(small)
    at.sees(`${front.id} Running`)
    at.say(gone('pod', front.id))
    at.sees('the pod is gone, and its network namespace with it')
    at.seesNot('Running')
  })

  test('is followed on its own node first, there by the newest, of the same owner only', () => {
    const at = opened(
      small,
      other('web/far', { node: worker2, created: front.created + 9000 }),
      other('web/near-old', { created: front.created - 1000 }),
      other('web/near-new', { created: front.created + 1000 }),
      other('web/foreign', { owner: clean('ReplicaSet/other'), created: front.created + 5000 }),
      other('shop/near', { created: front.created + 5000 }),
      other('web/done', { phase: 'Succeeded', created: front.created + 5000 }),
    )
    at.say(gone('pod', front.id))
    at.sees('n follows', 'web/near-new')
  })

  test('is followed into the ReplicaSet with which its Deployment went on, before those that stood beside it', () => {
    const first = { owner: clean('ReplicaSet/front-7f9c'), deployment: clean('front') }
    const second = { owner: clean('ReplicaSet/front-8d2b'), deployment: clean('front') }
    const old = pod('web/front-7f9c-aaaaa', first)
    const at = watched(
      small,
      old,
      other('web/front-7f9c-bbbbb', { ...first, created: old.created - 1000 }),
      other('web/front-8d2b-ccccc', { ...second, node: worker2, created: old.created + 5000 }),
      other('web/back-8d2b-ddddd', {
        owner: clean('ReplicaSet/back-8d2b'),
        deployment: clean('back'),
        created: old.created + 9000,
      }),
      other('shop/front-8d2b-eeeee', { ...second, created: old.created + 9000 }),
    )
    command(at, 'pod web/front-7f9c-aaaaa')
    at.say(gone('pod', old.id))
    at.sees('n follows', 'web/front-8d2b-ccccc')
    at.press('n')
    expect(at.title).toMatch('pod(web/front-8d2b-ccccc)')
  })

  test('of no Deployment is not followed into another owner', () => {
    const alone = pod('web/alone-1', { owner: clean('ReplicaSet/alone-1'), deployment: clean('') })
    const at = watched(small, alone, other('web/odd', { owner: clean('ReplicaSet/odd'), deployment: clean('') }))
    command(at, 'pod web/alone-1')
    at.say(gone('pod', alone.id))
    at.sees(/ReplicaSet\/alone-1 has\s[│\s]*no other pod/)
  })

  test('and nobody takes its place is told so', () => {
    const at = opened()
    at.say(gone('pod', front.id))
    at.sees(/ReplicaSet\/web-7f9c has\s[│\s]*no other pod/)
    at.press('n')
    at.sees('there is no other pod to follow')
  })

  test('for another one of its name is not taken for it', () => {
    const at = opened()
    at.say(seen(front, overviewLook(), at.now))
    const again: PodRecord = pod('web/front-x2x4z', { node: worker2 })
    at.say(put('pod', again))
    at.sees('this pod is gone: another one of its name was', /eth0 +UP/)
    expect(at.asks).toEqual([])
    at.press('n')
    expect(at.asks).toEqual([inquiryAbout(again, 'overview')])
    at.seesNot('eth0')
  })

  test('keeps what was seen under the containers that it had', () => {
    const at = opened()
    at.say(seen(front, overviewLook(), at.now))
    const anew: PodRecord = { ...front, containers: [{ name: clean('app'), id: containerId(999), ready: true }] }
    at.say(put('pod', anew), report(anew, 'overview', { state: 'waiting' }))
    at.sees('seen 0s ago, no more since: its containers were started anew', /eth0 +UP/)
    at.say(seen(anew, overviewLook(), at.now))
    at.sees('live, 0s old')
  })

  test('is still there while the API server tells nothing, and the title says how old that is', () => {
    const at = opened()
    at.say(source('pods', 'stale', { known: (at.now - 41) * 1000, cause: clean('connection refused') }))
    expect(at.title).toMatch('pods stale 41s')
    expect(at.asks).toEqual([inquiryAbout(front, 'overview')])
  })

  test('is told to be ending while it still runs', () => {
    const at = opened()
    at.say(put('pod', { ...front, deleting: true }), seen(front, overviewLook(), at.now))
    at.sees('live, 0s old; the pod is being ended')
  })
})
