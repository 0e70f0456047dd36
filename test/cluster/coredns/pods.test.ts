import { describe, expect, test } from 'vitest'
import { followDnsPods } from '../../../source/cluster/coredns/pods.ts'
import { slimSlice } from '../../../source/cluster/slim/endpoint-slice.ts'
import type { Fields } from '../../../source/cluster/slim/fields.ts'
import { slimPod } from '../../../source/cluster/slim/pod.ts'
import { isRefused, type Slim } from '../../../source/cluster/slim/slim.ts'
import type { Event } from '../../../source/events/event.ts'
import type { SourceStatus } from '../../../source/events/sources.ts'
import { clean } from '../../../source/text/clean.ts'

const words = (value: unknown) => clean(typeof value === 'string' ? value : '')

const record = <Known>(slim: Slim<Known & object>, object: Fields): Known => {
  const known = slim(object, words)
  if (isRefused(known)) throw new Error(known.refused)
  return known
}

const pod = (name: string, node: string): Event => ({
  type: 'record',
  kind: 'pod',
  change: 'put',
  record: record(slimPod, {
    metadata: { namespace: 'kube-system', name, uid: `uid-${name}`, resourceVersion: '1' },
    spec: { nodeName: node },
  }),
})

const slice = (...pods: readonly string[]): Event => ({
  type: 'record',
  kind: 'endpointslice',
  change: 'put',
  record: record(slimSlice, {
    metadata: {
      namespace: 'kube-system',
      name: 'kube-dns-x',
      resourceVersion: '1',
      labels: { 'kubernetes.io/service-name': 'kube-dns' },
    },
    addressType: 'IPv4',
    endpoints: pods.map((name, index) => ({
      addresses: [`10.0.0.${index + 1}`],
      targetRef: { kind: 'Pod', namespace: 'kube-system', name },
    })),
  }),
})

const source = (name: string, status: Partial<SourceStatus> = {}): Event => ({
  type: 'source',
  source: clean(name),
  status: {
    state: 'live',
    cause: clean(''),
    known: Number.NaN,
    until: Number.NaN,
    lacking: [],
    leftOut: 0,
    leftOutCause: clean(''),
    ...status,
  },
})

const lacking = (rule: string) => ({ lacking: [{ rule: clean(rule), feeds: clean('something') }] })

/** Which pods there are after these events, with one pod of the cluster's DNS among them. */
const after = (...events: readonly Event[]): ReturnType<ReturnType<typeof followDnsPods>['now']> => {
  const dns = followDnsPods()
  dns.heard([pod('coredns-a', 'cp-1'), pod('other', 'w-1'), slice('coredns-a'), ...events])
  return dns.now()
}

describe('the pods of the cluster’s DNS', () => {
  test('are those behind its service, with the node that they run on', () => {
    expect(after(source('pods'), source('endpointslices'))).toEqual([
      { namespace: 'kube-system', name: 'coredns-a', node: 'cp-1', incarnation: 'uid-coredns-a 0' },
    ])
  })

  test('are not known before both lists were read', () => {
    expect(after(source('pods'))).toBeUndefined()
    expect(after(source('pods'), source('endpointslices', { state: 'starting' }))).toBeUndefined()
  })

  test.each(['pods', 'endpointslices'])('are denied, with the missing rule, where %s may not be read', (name) => {
    const denied = source(name, { state: 'denied', ...lacking(`list, watch ${name}.of.a.group`) })
    expect(after(source('pods'), source('endpointslices'), denied)).toEqual({
      missing: 'denied',
      advice: `needs list, watch ${name}.of.a.group to find the pods of CoreDNS in kube-system: see kntop rbac`,
    })
  })

  test.each(['pods', 'endpointslices'])(
    'are denied, with the missing rule, where %s are read in other namespaces only',
    (name) => {
      const narrow = source(name, { namespaces: [clean('payments')], ...lacking(`list, watch ${name}`) })
      expect(after(source('pods'), source('endpointslices'), narrow)).toEqual({
        missing: 'denied',
        advice: `needs list, watch ${name} to find the pods of CoreDNS in kube-system: see kntop rbac`,
      })
    },
  )

  test('are known where their namespace is one of those that are read', () => {
    const narrow = { namespaces: [clean('payments'), clean('kube-system')], ...lacking('list, watch pods') }
    expect(after(source('pods', narrow), source('endpointslices', narrow))).toHaveLength(1)
  })

  test.each(['pods', 'endpointslices'])('are not known, with the cause, where the server has no %s', (name) => {
    const absent = source(name, { state: 'absent', cause: clean('the server could not find it (404)') })
    expect(after(source('pods'), source('endpointslices'), absent)).toEqual({
      missing: 'no-data',
      advice: `the pods of CoreDNS are not found without ${name}: the server could not find it (404)`,
    })
  })
})
