import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resources } from '../../../source/cluster/resource.ts'
import { createWords, fieldsOf } from '../../../source/cluster/slim/fields.ts'
import { isRefused } from '../../../source/cluster/slim/slim.ts'
import type { RecordKind, RecordOf } from '../../../source/events/records.ts'
import { clean } from '../../../source/text/clean.ts'
import { type ApiObject, nodeObject, podObject, serviceObject, sliceObject } from '../support/objects.ts'

const slim = <Kind extends RecordKind>(kind: Kind, object: unknown): RecordOf[Kind] => {
  const record = resources[kind].slim(fieldsOf(object), createWords())
  if (isRefused(record)) throw new Error(record.refused)
  return record
}

const versioned = (object: ApiObject, more: object = {}): object => ({
  ...object,
  ...more,
  metadata: { ...object.metadata, resourceVersion: '7' },
})

const made = Date.UTC(2026, 0, 31, 11)

describe('what is kept of a node', () => {
  it('is what tells it from others and how it fares', () => {
    expect(slim('node', versioned(nodeObject('worker-1')))).toMatchObject({
      id: 'worker-1',
      version: '7',
      created: made,
      ready: 'yes',
      reason: '',
      readySince: made,
      troubles: [],
      unschedulable: false,
      podRanges: ['10.244.1.0/24', 'fd00:1::/64'],
      roles: ['worker'],
      kubelet: 'v1.34.1',
      kernel: '6.1.0-18-amd64',
      machineId: '0123456789abcdef0123456789abcdef',
    })
  })

  it('says why it is not ready, and what presses it', () => {
    const conditions = [
      { type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown', lastTransitionTime: '2026-01-31T11:00:00Z' },
      {
        type: 'DiskPressure',
        status: 'True',
        reason: 'KubeletHasDiskPressure',
        lastTransitionTime: '2026-01-31T11:00:00Z',
      },
    ]
    expect(
      slim('node', versioned(nodeObject('worker-1'), { spec: { unschedulable: true }, status: { conditions } })),
    ).toMatchObject({
      ready: 'unknown',
      reason: 'NodeStatusUnknown',
      troubles: [{ type: 'DiskPressure', reason: 'KubeletHasDiskPressure', since: made }],
      unschedulable: true,
    })
    expect(slim('node', versioned(nodeObject('worker-1'), { status: {} }))).toMatchObject({
      ready: 'unknown',
      reason: 'no Ready condition',
    })
  })
})

describe('what is kept of a pod', () => {
  it('is where it runs, whose it is, and how it fares', () => {
    expect(slim('pod', versioned(podObject('web-1')))).toEqual({
      id: 'shop/web-1',
      version: '7',
      created: made,
      namespace: 'shop',
      name: 'web-1',
      uid: 'uid-of-web-1',
      node: 'worker-1',
      phase: 'Running',
      reason: '',
      ready: true,
      deleting: false,
      hostNetwork: false,
      addresses: ['10.244.1.5'],
      owner: 'ReplicaSet/web-7f9c5d',
      deployment: '',
      restarts: 2,
      started: made,
      containers: [{ name: 'web', id: 'ab'.repeat(32), ready: true }],
    })
  })

  it.each([
    ['web', 'ReplicaSet', 'web-7f9c5d', '7f9c5d'],
    ['web-api-2', 'ReplicaSet', 'web-api-2-7f9c5d', '7f9c5d'],
    ['', 'ReplicaSet', 'web-7f9c5d', '8a1b2c'],
    ['', 'ReplicaSet', '7f9c5d', '7f9c5d'],
    ['', 'ReplicaSet', 'web-7f9c5d', undefined],
    ['', 'StatefulSet', 'web-7f9c5d', '7f9c5d'],
  ])('names the Deployment %j behind %s %s of the template %s', (deployment, kind, name, hash) => {
    const { metadata, ...object } = podObject('web-1')
    const owned = {
      ...metadata,
      labels: hash === undefined ? {} : { 'pod-template-hash': hash },
      ownerReferences: [{ kind, name, controller: true }],
    }
    expect(slim('pod', versioned({ ...object, metadata: owned }))).toMatchObject({
      owner: `${kind}/${name}`,
      deployment,
    })
  })

  it('says what keeps it from running', () => {
    const waiting = { name: 'web', ready: false, restartCount: 9, state: { waiting: { reason: 'CrashLoopBackOff' } } }
    expect(
      slim('pod', versioned(podObject('a'), { status: { phase: 'Running', containerStatuses: [waiting] } })),
    ).toMatchObject({
      reason: 'CrashLoopBackOff',
      ready: false,
      restarts: 9,
      addresses: [],
    })
    expect(slim('pod', versioned(podObject('a'), { status: { phase: 'Failed', reason: 'Evicted' } }))).toMatchObject({
      reason: 'Evicted',
    })
    expect(slim('pod', versioned(podObject('a'), { spec: {}, status: { phase: 'Pending' } })).node).toBeUndefined()
  })
})

describe('what is kept of a service and its endpoints', () => {
  it('is how it is reached', () => {
    expect(slim('service', versioned(serviceObject('web')))).toMatchObject({
      id: 'shop/web',
      serviceType: 'ClusterIP',
      clusterAddresses: ['10.96.0.10'],
      headless: false,
      external: [],
      pending: false,
      selects: true,
      ports: [{ name: 'http', protocol: 'TCP', port: 80, nodePort: 0 }],
    })
  })

  it('is that it is headless, or that its load balancer has no address yet', () => {
    expect(slim('service', versioned(serviceObject('db', 'None')))).toMatchObject({
      headless: true,
      clusterAddresses: [],
    })
    const spec = { type: 'LoadBalancer', clusterIPs: ['10.96.0.11', 'fd00:96::b'] }
    expect(slim('service', versioned(serviceObject('lb'), { spec, status: { loadBalancer: {} } }))).toMatchObject({
      pending: true,
      selects: false,
      clusterAddresses: ['10.96.0.11', 'fd00:96::b'],
    })
    const ingress = [{ ip: '203.0.113.9' }, { hostname: 'lb.example' }]
    expect(
      slim('service', versioned(serviceObject('lb'), { spec, status: { loadBalancer: { ingress } } })),
    ).toMatchObject({
      pending: false,
      external: ['203.0.113.9', 'lb.example'],
    })
  })

  it('are endpoints, ready where nothing else is said', () => {
    const object = sliceObject('web-x', 'web', [
      { address: '10.244.1.5', pod: 'a' },
      { address: '10.244.1.6', pod: 'b', ready: false },
      { address: 'nonsense', pod: 'c' },
    ])
    expect(slim('endpointslice', versioned(object))).toMatchObject({
      service: 'shop/web',
      family: 'IPv4',
      endpoints: [
        { address: '10.244.1.5', ready: true, terminating: false, node: 'worker-1', pod: 'shop/a' },
        { address: '10.244.1.6', ready: false, pod: 'shop/b' },
      ],
    })
  })
})

const strings = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : []
}

describe('any object at all', () => {
  const kinds = Object.keys(resources) as RecordKind[]
  const rubbish = fc.jsonValue({ maxDepth: 4 })
  const fields = [
    'spec',
    'status',
    'metadata',
    'podIPs',
    'containerStatuses',
    'addresses',
    'conditions',
    'nodeInfo',
    'endpoints',
    'ports',
    'labels',
    'ownerReferences',
  ]
  const likely = fc.dictionary(
    fc.constantFrom(...fields),
    fc.oneof(rubbish, fc.array(fc.dictionary(fc.constantFrom(...fields, 'ip', 'type', 'name', 'address'), rubbish))),
  )

  it('makes a record of clean strings, or is refused, and never throws', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), likely, likely, (kind, object, metadata) => {
        const named = { ...metadata, name: 'a', namespace: 'b', resourceVersion: '1' }
        const record = resources[kind].slim({ ...object, metadata: named }, createWords())
        expect(strings(record).filter((text) => clean(text) !== text)).toEqual([])
        expect(() => resources[kind].slim(fieldsOf(object), createWords())).not.toThrow()
      }),
    )
  })

  it.each(['../../x', '', 'A', 'x'.repeat(300), '-oProxyCommand=x', 'a\u001b[2J'])(
    'is refused with a name like %j',
    (name) => {
      for (const kind of kinds) {
        const refused = resources[kind].slim(
          { metadata: { name, namespace: 'a', resourceVersion: '1' } },
          createWords(),
        )
        expect(isRefused(refused)).toBe(true)
      }
    },
  )

  it('is refused without a version that can be asked for again', () => {
    for (const resourceVersion of [undefined, '', 'a&watch=x', 7]) {
      expect(
        isRefused(resources.pod.slim({ metadata: { name: 'a', namespace: 'b', resourceVersion } }, createWords())),
      ).toBe(true)
    }
  })
})
