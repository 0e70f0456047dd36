import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Api, ApiRequest } from '../../../source/cluster/api.ts'
import type { DnsPod } from '../../../source/cluster/coredns/pods.ts'
import { watchCoredns } from '../../../source/cluster/coredns/watch-coredns.ts'
import type { Event } from '../../../source/events/event.ts'
import type { Absence } from '../../../source/events/origin.ts'
import type { NodeName } from '../../../source/events/subject.ts'
import { type Clean, clean } from '../../../source/text/clean.ts'
import { pageOf } from './pages.ts'

const node = (name: string) => name as NodeName
const pod: DnsPod = { namespace: 'kube-system', name: 'coredns-abc', node: node('cp-1'), incarnation: 'uid 0' }

/** Watches until the test is over; `answer` gives status and text of each request. */
const watched = (
  answer: (request: ApiRequest, count: number) => readonly [number, string],
  pods: () => readonly DnsPod[] | Absence | undefined = () => [pod],
) => {
  const events: Event[] = []
  const requests: ApiRequest[] = []
  let nodes = [node('cp-1'), node('w-1')].map((id) => ({ id, created: 1 }))
  const end = new AbortController()
  const api: Api = {
    request: (request) => {
      requests.push(request)
      const [status, text] = answer(request, requests.length)
      const body = (async function* () {
        yield Buffer.from(text)
      })()
      return Promise.resolve({ status, header: () => undefined, body })
    },
    refused: vi.fn<() => Clean>(() => clean('log in again')),
  }
  const done = watchCoredns({
    api,
    pods,
    nodes: () => nodes,
    emit: (told) => void events.push(...told),
    now: () => performance.now(),
    signal: end.signal,
    every: 50,
  })
  onTestFinished(async () => {
    end.abort()
    await done
  })
  const originOf = (name: string, metric: string) =>
    events.findLast(
      (event) =>
        event.type === 'origin' && event.metric === metric && 'node' in event.subject && event.subject.node === name,
    )
  const comeBack = (): void => {
    nodes = nodes.map(({ id }) => ({ id, created: 2 }))
  }
  return { events, requests, originOf, api, comeBack }
}

describe('CoreDNS through the API server', () => {
  test('has figures on the nodes of its pods, and none elsewhere, by name and port of the pod', async () => {
    const { events, requests, originOf } = watched((_, count) => [200, pageOf({ noerror: count * 100 })])
    await vi.waitFor(() =>
      expect(
        events.some(
          (event) =>
            event.type === 'sample' &&
            event.values[event.metrics.indexOf('coredns.queries')] !== undefined &&
            (event.values[0] ?? 0) > 0,
        ),
      ).toBe(true),
    )
    expect(requests[0]?.path).toBe('/api/v1/namespaces/kube-system/pods/coredns-abc:9153/proxy/metrics')
    expect(originOf('cp-1', 'coredns.queries')).toMatchObject({ origin: { tier: 'CoreDNS metrics', scope: 'pod' } })
    expect(originOf('w-1', 'coredns.queries')).toMatchObject({ origin: { missing: 'not-applicable' } })
  })

  test.each([
    [403, '', 'denied', /pods\/proxy/],
    [
      401,
      '{"kind":"Status","message":"Unauthorized"}',
      'no-data',
      /coredns-abc .*: Unauthorized \(401\); log in again$/,
    ],
    [503, '', 'no-data', /503/],
    [200, 'up 1\n', 'not-applicable', /no metrics of CoreDNS/],
  ] as const)('that answers %i is missing, and says why', async (status, text, missing, advice) => {
    const { originOf } = watched(() => [status, text])
    await vi.waitFor(() =>
      expect(originOf('cp-1', 'coredns.queries')).toMatchObject({
        origin: { missing, advice: expect.stringMatching(advice) },
      }),
    )
  })

  test('that refuses the credential has it taken anew', async () => {
    const { api } = watched(() => [401, ''])
    await vi.waitFor(() => expect(api.refused).toHaveBeenCalled())
  })

  test('says why it is missing and what to do, and nothing else', async () => {
    const { originOf } = watched(() => [403, ''])
    await vi.waitFor(() =>
      expect(originOf('cp-1', 'coredns.queries')).toEqual({
        type: 'origin',
        subject: { node: 'cp-1' },
        metric: 'coredns.queries',
        origin: { missing: 'denied', advice: 'needs get pods/proxy in namespace kube-system: see kntop rbac' },
      }),
    )
  })

  test('says of how many pods a figure is, where one of them was never read before', async () => {
    let restarts = 0
    const { originOf } = watched(
      (_, count) => [200, pageOf({ noerror: count * 100 })],
      () => {
        restarts += 1
        return [pod, { ...pod, name: 'coredns-b', incarnation: `other ${restarts}` }]
      },
    )
    await vi.waitFor(() =>
      expect(originOf('cp-1', 'coredns.queries')).toMatchObject({ origin: { tier: 'CoreDNS metrics, 1 of 2 pods' } }),
    )
  })

  test('says of a pod beyond those that are read that it is not read, not that there is none', async () => {
    const pods = Array.from({ length: 65 }, (_, index) => ({
      ...pod,
      name: `coredns-${index}`,
      incarnation: `${index}`,
      node: node(index < 64 ? 'cp-1' : 'w-1'),
    }))
    const { originOf, requests } = watched(
      () => [200, pageOf({ noerror: 5 })],
      () => pods,
    )
    await vi.waitFor(() =>
      expect(originOf('w-1', 'coredns.queries')).toMatchObject({
        origin: {
          missing: 'no-data',
          advice: 'only 64 of the 65 pods of CoreDNS are read, and none of this node is among them',
        },
      }),
    )
    expect(requests.some(({ path }) => path.includes('coredns-64:'))).toBe(false)
  })

  test('counts the pods beyond those that are read where another one of the node is read', async () => {
    const pods = Array.from({ length: 65 }, (_, index) => ({ ...pod, name: `c-${index}`, incarnation: `${index}` }))
    const { originOf } = watched(
      (_, count) => [200, pageOf({ noerror: count })],
      () => pods,
    )
    await vi.waitFor(() =>
      expect(originOf('cp-1', 'coredns.queries')).toMatchObject({ origin: { tier: 'CoreDNS metrics, 64 of 65 pods' } }),
    )
  })

  test('begins anew on a node that had no pod of it for a while', async () => {
    let pods = [pod]
    const { events, originOf } = watched(
      (_, count) => [200, pageOf({ noerror: count * 100 })],
      () => pods,
    )
    const rates = (): readonly (number | undefined)[] =>
      events.flatMap((event) =>
        event.type === 'sample' ? [event.values[event.metrics.indexOf('coredns.queries')]] : [],
      )
    await vi.waitFor(() => expect(rates().at(-1)).toBeGreaterThan(0))
    pods = []
    await vi.waitFor(() =>
      expect(originOf('cp-1', 'coredns.queries')).toMatchObject({ origin: { missing: 'not-applicable' } }),
    )
    const before = rates().length
    pods = [pod]
    await vi.waitFor(() => expect(rates().length).toBeGreaterThan(before))
    expect(rates()[before]).toBeNaN()
  })

  test('says of how many pods a figure is, where one of them cannot be read', async () => {
    const pods = ['a', 'b'].map((name) => ({ ...pod, name, incarnation: name }))
    const { originOf } = watched(
      ({ path }, count) => (path.includes('/b:9153/') ? [503, ''] : [200, pageOf({ noerror: count * 100 })]),
      () => pods,
    )
    await vi.waitFor(() =>
      expect(originOf('cp-1', 'coredns.queries')).toMatchObject({ origin: { tier: 'CoreDNS metrics, 1 of 2 pods' } }),
    )
  })

  test('is told anew of a node that was gone and is back', async () => {
    const { events, comeBack } = watched(() => [200, pageOf({ noerror: 5 })])
    const told = (): number =>
      events.filter(
        (event) =>
          event.type === 'origin' &&
          event.metric === 'coredns.queries' &&
          'node' in event.subject &&
          event.subject.node === 'w-1',
      ).length
    await vi.waitFor(() => expect(told()).toBe(1))
    comeBack()
    await vi.waitFor(() => expect(told()).toBe(2))
  })

  test('is nobody’s before its pods are known, and denied where they may not be listed', async () => {
    let known: Absence | undefined
    const { events, originOf, requests } = watched(
      () => [200, ''],
      () => known,
    )
    known = { missing: 'denied', advice: clean('needs list pods') }
    await vi.waitFor(() => expect(originOf('cp-1', 'coredns.queries')).toMatchObject({ origin: known }))
    expect(requests).toHaveLength(0)
    expect(events.every(({ type }) => type === 'origin')).toBe(true)
  })
})
