import { Writable } from 'node:stream'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Event } from '../../../source/events/event.ts'
import { inquiryKey } from '../../../source/events/inquiry.ts'
import type { PodRecord } from '../../../source/events/records.ts'
import { chooseTabs } from '../../../source/modes/pod/chosen-tabs.ts'
import { clean } from '../../../source/text/clean.ts'
import { clock, link } from '../../scenarios/cluster.ts'
import { api, lacking, nodeRecord, podRecord, put, source } from '../../scenarios/kubernetes.ts'
import { conntrackLook, containerId, inquiryAbout, overviewLook, refused, seen, uidOf } from '../../scenarios/looks.ts'
import { answered, front, knownTabs, live, looking, told, worker } from './looking.ts'

afterEach(() => {
  vi.useRealTimers()
})

const tabs = knownTabs.split(',')

describe('kntop pod', () => {
  it('asks the node of the pod for each tab, and prints what is seen as soon as all have answered', async () => {
    const { feed, code, json, asked } = looking()
    feed.say(...told(front))
    await asked()
    expect(feed.inquiries()).toEqual(tabs.map((tab) => inquiryAbout(front, tab as 'overview')))
    feed.say(live, ...answered(front))
    expect(await code).toBe(0)
    expect(feed.hasEnded()).toBe(true)
    const { tab: _, footing: __, ...overview } = overviewLook()
    expect(await json()).toMatchObject({
      schema: 'kntop/v1',
      context: 'prod-oslo',
      pod: { namespace: 'web', name: 'front', uid: front.uid, hostNetwork: false },
      node: worker,
      found: { way: 'its cgroup', pid: 4711, right: 'root', host: false, namespace: 4_026_532_567 },
      tabs: { overview: { at: '2026-01-31T12:00:00.000Z', ...overview } },
    })
    expect(Object.keys((await json())['tabs'] as object)).toEqual(tabs)
  })

  it('ends as interrupted while it prints to a reader that has stopped', async () => {
    const begun = Promise.withResolvers<void>()
    const { feed, code, asked, stop } = looking({}, new Writable({ write: () => begun.resolve() }))
    feed.say(...told(front))
    await asked()
    feed.say(live, ...answered(front))
    await begun.promise
    stop.abort(143)
    expect(await code).toBe(143)
  })

  it('prints a table as the tabs show it, with the peers by name', async () => {
    const { feed, code, printed, asked } = looking({ output: 'table' })
    feed.say(...told(front))
    await asked()
    feed.say(live, ...answered(front))
    expect(await code).toBe(0)
    const text = await printed
    expect(text).toMatch('pod web/front on worker-1: pid 4711 found by its cgroup, entered as root')
    expect(text).toMatch(
      /^== overview$[^]*^INTERFACE +STATE[^]*^eth0 +UP[^]*^== routes$[^]*^routes 3$[^]*^neighbours 1$/m,
    )
    expect(text).toMatch(/^10\.96\.0\.10:53 +service kube-system\/kube-dns/m)
    expect(text).toMatch(/^Servers +10\.96\.0\.10 \(service kube-system\/kube-dns\)/m)
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(240)
    expect(text).not.toMatch('\u001b')
  })

  it('names the flag by which a large table is listed, where there is no key', async () => {
    const { flows: _, cost: __, ...counted } = conntrackLook([], [], { entries: 123_456, isQuestion: true })
    const { feed, code, printed, asked } = looking({ output: 'table', tab: 'conntrack' })
    feed.say(...told(front))
    await asked()
    feed.say(live, seen(front, counted, 0))
    expect(await code).toBe(0)
    expect((await printed).replaceAll(/\s+/g, ' ')).toMatch('at nice 19. --yes lists them, once')
  })

  it('waits for those that name addresses before it prints a table', async () => {
    const { feed, code, asked } = looking({ output: 'table', tab: 'sockets' })
    feed.say(...told(front), source('services', 'starting'))
    await asked()
    feed.say(live, ...answered(front))
    let isOver = false
    void code.finally(() => (isOver = true))
    await new Promise(setImmediate)
    expect(isOver).toBe(false)
    feed.say(source('services'))
    expect(await code).toBe(0)
  })

  it('prints what was seen and why the rest was not, and is content with one', async () => {
    const { feed, code, json, asked } = looking({ tab: 'overview,dns' })
    feed.say(...told(front))
    await asked()
    feed.say(
      live,
      seen(front, overviewLook(), 0),
      refused(front, 'dns', 'the resolv.conf of this pod takes root to read'),
    )
    expect(await code).toBe(0)
    expect(await json()).toMatchObject({
      tabs: {
        overview: { interfaces: expect.anything() },
        dns: { missing: 'no-data', cause: 'the resolv.conf of this pod takes root to read' },
      },
    })
  })

  it('does not take what was refused before the node was reached for an answer', async () => {
    const { feed, code, json, asked } = looking({ tab: 'overview' })
    feed.say(...told(front))
    await asked()
    feed.say(link(worker, 0, 'connecting'), refused(front, 'overview', 'not connected yet'))
    await new Promise(setImmediate)
    feed.say(live, seen(front, overviewLook(), 0))
    expect(await code).toBe(0)
    expect(await json()).toMatchObject({ tabs: { overview: { interfaces: expect.anything() } } })
  })

  it('asks anew where a container was started anew meanwhile', async () => {
    const { feed, code, asked } = looking({ tab: 'overview' })
    feed.say(...told(front))
    await asked()
    const again: PodRecord = { ...front, containers: [{ name: clean('app'), id: containerId(2), ready: true }] }
    feed.say(put('pod', again))
    await expect.poll(() => feed.inquiries()).toEqual([inquiryAbout(again, 'overview')])
    feed.say(live, seen(again, overviewLook(), 0))
    expect(await code).toBe(0)
  })

  it('says yes to what asks first, where a person said so', async () => {
    const { feed, code, json, asked } = looking({ tabs: chooseTabs('overview', 'json', true) })
    feed.say(...told(front))
    await asked()
    const [inquiry = expect.fail('nothing is asked')] = feed.inquiries()
    expect(inquiry.consent).toEqual(expect.any(Number))
    feed.say(live, { type: 'report', key: inquiryKey(inquiry), report: { state: 'live', at: 0, look: overviewLook() } })
    expect(await code).toBe(0)
    expect(await json()).toMatchObject({ tabs: { overview: { interfaces: expect.anything() } } })
  })

  it('of which nothing is seen in time says what it waited for', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { feed, code, json, said } = looking({ tab: 'overview,dns', wait: 3 })
    feed.say(...told(front))
    await vi.advanceTimersByTimeAsync(2999)
    feed.say(link(worker, 2, 'connecting', 'the bastion is silent'))
    expect(feed.hasEnded()).toBe(false)
    await vi.advanceTimersByTimeAsync(2)
    expect(await code).toBe(1)
    expect(feed.hasEnded()).toBe(true)
    const cause = 'worker-1 was not reached within 3 s: the bastion is silent'
    expect(await json()).toMatchObject({ tabs: { overview: { missing: 'no-data', cause } } })
    expect(said()).toBe(`kntop: ${cause}\n`)
  })

  it('that is interrupted prints nothing, and leaves nothing running', async () => {
    const { feed, code, printed, stop } = looking()
    feed.say(...told(front))
    stop.abort(130)
    expect(await code).toBe(130)
    expect(feed.hasEnded()).toBe(true)
    expect(await printed).toBe('')
  })
})

describe('a pod that is not there', () => {
  const failing = async (events: readonly Event[]) => {
    const { feed, code, printed, said } = looking()
    feed.say(...events)
    expect(await code).toBe(1)
    expect(await printed).toBe('')
    expect(feed.inquiries()).toEqual([])
    return said()
  }

  it('is said not to be known, with those of its owner, or the nearest name of its namespace', async () => {
    expect(await failing([...told(podRecord('web/frost'), podRecord('other/front'))])).toBe(
      'kntop: no pod web/front is known (did you mean frost?)\n',
    )
    expect(
      await failing([...told(podRecord('web/front-7d-b'), podRecord('web/front-7d-a'), podRecord('web/fron'))]),
    ).toBe('kntop: no pod web/front is known: pods that begin so are front-7d-a, front-7d-b\n')
    const many = ['1', '2', '3', '4', '5'].map((end) => podRecord(`web/front-${end}`))
    expect(await failing([...told(...many)])).toBe(
      'kntop: no pod web/front is known: pods that begin so are front-1, front-2, front-3 and 2 more\n',
    )
    expect(await failing([...told()])).toBe('kntop: no pod web/front is known: there are no pods in namespace web\n')
  })

  it('may be there where pods may not be listed: the right is named', async () => {
    const denied = source('pods', 'denied', { lacking: [lacking('list, watch pods')] })
    expect(await failing([...told(), denied])).toBe('kntop: pod web/front is not known: needs list, watch pods\n')
  })

  it('is not told of by a server that does not answer, which says why', async () => {
    const mute = [
      clock(0),
      api({ state: 'starting', cause: clean('127.0.0.1:6443 refuses connections') }),
      source('pods', 'starting'),
    ]
    expect(await failing(mute)).toMatch('does not tell of pod web/front: 127.0.0.1:6443 refuses connections')
  })

  it('is waited for while the server has not told of all pods', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { feed, code, said } = looking()
    feed.say(clock(0), api(), source('pods', 'starting'))
    await vi.advanceTimersByTimeAsync(10_001)
    expect(await code).toBe(1)
    expect(said()).toBe('kntop: the API server has not told of pods yet within 10 s\n')
  })
})

describe('a pod that cannot be looked into', () => {
  it.each<readonly [string, Partial<PodRecord>, RegExp]>([
    ['has completed', { phase: 'Succeeded' }, /it has completed: none of its processes runs/],
    ['has failed', { phase: 'Failed', reason: clean('Evicted') }, /it has failed: Evicted/],
    ['has no node', { phase: 'Pending', node: undefined }, /no node was chosen for it/],
    ['has no container yet', { phase: 'Pending', containers: [] }, /none of its containers was started yet/],
  ])('because it %s is printed with the reason, and nobody is asked', async (_, more, words) => {
    const { feed, code, json, said } = looking()
    feed.say(...told({ ...front, ...more }))
    expect(await code).toBe(1)
    expect(said()).toMatch(words)
    expect(feed.inquiries()).toEqual([])
    expect(await json()).toMatchObject({
      pod: { name: 'front' },
      found: null,
      tabs: Object.fromEntries(tabs.map((tab) => [tab, { missing: 'no-data', cause: expect.stringMatching(words) }])),
    })
  })

  it('because its node runs Windows says so', async () => {
    const { feed, code, said } = looking()
    feed.say(
      ...told(),
      put('node', nodeRecord(worker, { system: clean('Windows Server 2022 Datacenter') })),
      put('pod', front),
    )
    expect(await code).toBe(1)
    expect(said()).toMatch('worker-1 runs Windows: kntop looks into the network namespaces of Linux')
  })

  it.each([
    ['lost', 'lost', 'connection refused', 'worker-1 is lost: connection refused'],
    ['denied', 'denied', 'no key was taken', 'worker-1 is denied: no key was taken'],
    ['not-asked', 'not-asked', 'write --ssh', 'kntop does not log in to worker-1: write --ssh'],
  ] as const)('because its node is %s does not wait, and says why', async (missing, state, cause, words) => {
    const { feed, code, json, said, asked } = looking({ tab: 'overview' })
    feed.say(...told(front))
    await asked()
    feed.say(link(worker, 0, state, cause))
    expect(await code).toBe(1)
    expect(said()).toBe(`kntop: ${words}\n`)
    expect(await json()).toMatchObject({ tabs: { overview: { missing, cause: words } } })
  })

  it('because its node is none of the cluster says so', async () => {
    const { feed, code, said } = looking({ tab: 'overview' })
    feed.say(...told(), put('pod', { ...front, node: 'far-1' as typeof worker }))
    expect(await code).toBe(1)
    expect(said()).toMatch('its node far-1 is none that the API server tells of')
  })

  it('because nodes may not be listed names the right', async () => {
    const { feed, code, said } = looking({ tab: 'overview' })
    const denied = source('nodes', 'denied', { lacking: [lacking('list, watch nodes')] })
    feed.say(...told(), put('pod', { ...front, node: 'far-1' as typeof worker }), denied)
    expect(await code).toBe(1)
    expect(said()).toMatch('how to reach its node far-1 is not known: needs list, watch nodes')
  })
})

describe('odd pods', () => {
  it('that a node runs by itself are looked at like any other', async () => {
    const mirror = podRecord('web/front', {
      uid: uidOf(7),
      owner: clean('Node/worker-1'),
      hostNetwork: true,
      containers: [{ name: clean('app'), id: containerId(7), ready: true }],
    })
    const { feed, code, json, asked } = looking({ tab: 'overview' })
    feed.say(...told(mirror))
    await asked()
    expect(feed.inquiries()).toEqual([inquiryAbout(mirror, 'overview')])
    feed.say(live, seen(mirror, overviewLook(), 0))
    expect(await code).toBe(0)
    expect(await json()).toMatchObject({ pod: { owner: 'Node/worker-1', hostNetwork: true } })
  })
})

describe('kntop host', () => {
  const subject = { kind: 'host', node: worker, ofCluster: true } as const

  it('looks at the namespace of a node itself', async () => {
    const { feed, code, json, asked } = looking({ subject, tab: 'overview' })
    feed.say(...told())
    await asked()
    expect(feed.inquiries()).toEqual([inquiryAbout(worker, 'overview')])
    feed.say(live, seen(worker, overviewLook(), 0))
    expect(await code).toBe(0)
    expect(await json()).toMatchObject({ pod: null, node: worker })
  })

  it('knows no node that the API server does not tell of', async () => {
    const { feed, code, said } = looking({ subject: { ...subject, node: 'worker-2' as typeof worker } })
    feed.say(...told())
    expect(await code).toBe(1)
    expect(said()).toBe('kntop: no node worker-2 is known (did you mean worker-1?)\n')
  })
})
