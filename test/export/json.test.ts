import { describe, expect, it } from 'vitest'
import type { Event } from '../../source/events/event.ts'
import { jsonSnapshot, jsonText } from '../../source/export/json.ts'
import { tableText } from '../../source/export/table.ts'
import { catalogue } from '../../source/metrics/catalogue.ts'
import { clean } from '../../source/text/clean.ts'
import { api, cluster, lease, nodeRecord, podRecord, put, source } from '../scenarios/kubernetes.ts'
import { clock, incident, link, noon, sample, snapshotOf, worker } from './sample.ts'

const nodeOf = (name: string) => jsonSnapshot(incident()).nodes.find((node) => node.name === name)

describe('the JSON of a snapshot', () => {
  it('names its schema, its time and the context', () => {
    const { nodes, crossings, ...head } = jsonSnapshot(incident())
    expect(head).toEqual({ schema: 'kntop/v1', at: '2026-01-31T12:00:30.000Z', context: null })
    expect([nodes.length, crossings.length]).toEqual([2, 1])
    expect(jsonSnapshot(snapshotOf([cluster({ context: clean('prod') })])).context).toBe('prod')
    expect(jsonSnapshot(snapshotOf([cluster({ context: undefined })])).context).toBeNull()
  })

  it('says how each node is watched, since when, and why not', () => {
    expect(nodeOf('worker-7')?.link).toEqual({ transport: 'ssh', state: 'live', since: '2026-01-31T12:00:00.000Z' })
    expect(nodeOf('worker-9')?.link).toEqual({
      transport: 'ssh',
      state: 'lost',
      since: '2026-01-31T12:00:10.000Z',
      cause: 'the connection was closed',
    })
  })

  it('has the figures of pods without asking one node for those of another', () => {
    const record = podRecord('web/front', { uid: clean('uid-1'), node: worker })
    const figure = { uid: clean('uid-1'), container: clean(''), observations: 150, window: 15, value: 30 }
    const rows = [{ ...figure, metric: 'cpu.throttled_share' }] as const
    const snapshot = snapshotOf([clock(0), put('pod', record), { type: 'pod-figures', node: worker, at: 0, rows }])
    const strict = { ...snapshot, isToldOfPods: () => expect.unreachable('all nodes are asked') }
    expect(jsonSnapshot(strict).nodes.find(({ name }) => name === worker)?.pods).toMatchObject([
      { namespace: 'web', name: 'front', readings: { 'cpu.throttled_share': { value: 30, unit: '%' } } },
    ])
  })

  it('says which way a node is reached and what is odd of it, where that is known', () => {
    const remark = clean('address from cache')
    const said = { transport: 'openssh', state: 'live', cause: clean(''), route: clean('karin@w7:22'), remark } as const
    const snapshot = snapshotOf([clock(0), { type: 'link', subject: { node: worker }, at: 0, link: said }])
    expect(jsonSnapshot(snapshot).nodes[0]?.link).toEqual({
      ...{ transport: 'openssh', state: 'live', since: '2026-01-31T12:00:00.000Z' },
      ...{ route: 'karin@w7:22', remark: 'address from cache' },
    })
  })

  it('holds every metric of the catalogue for every node', () => {
    for (const { readings } of jsonSnapshot(incident()).nodes) {
      expect(Object.keys(readings)).toEqual(catalogue.map(({ id }) => id))
    }
  })

  it('gives a figure its unit, tier, scope, age and band', () => {
    expect(nodeOf('worker-7')?.readings['conntrack.fill']).toEqual({
      ...{ value: 94.2346, unit: '%', tier: 'proc', scope: 'host', age: 0.4, band: 'critical' },
    })
  })

  it('gives percentiles and shares what stands behind them', () => {
    expect(nodeOf('worker-7')?.readings['fdatasync.p99']).toMatchObject({ samples: 600, window: 120, bound: 'below' })
    expect(nodeOf('worker-7')?.readings['tcp.retransmit_share']).toMatchObject({
      ...{ value: 0.333_333, samples: 1234, window: 1 },
    })
  })

  it('keeps counts exact', () => {
    expect(nodeOf('worker-7')?.readings['conntrack.max']).toMatchObject({ value: 1_048_576 })
  })

  it('marks what is stale', () => {
    expect(nodeOf('worker-7')?.readings['cpu.busy']).toMatchObject({ value: 12.5, age: 10, stale: true })
    expect(nodeOf('worker-7')?.readings['conntrack.fill']).not.toHaveProperty('stale')
  })

  it('says why a metric is missing, and never gives it a value', () => {
    const { 'dns.lookups': asked, 'nic.rx': gap, 'rtt.p50': never } = nodeOf('worker-7')?.readings ?? {}
    expect(asked).toEqual({ missing: 'not-asked', advice: 'start kntop with --with dns-capture' })
    expect(gap).toMatchObject({ missing: 'no-data' })
    expect(never).toMatchObject({ missing: 'no-data' })
    const lost = { missing: 'lost', advice: 'the connection was closed' }
    // What the API server tells is not lost with a connection to the node.
    const waiting = { missing: 'no-data', advice: 'waiting for the first reading' }
    expect(nodeOf('worker-9')?.readings).toEqual(
      Object.fromEntries(catalogue.map(({ id, through }) => [id, through === 'api' ? waiting : lost])),
    )
  })

  it('says that an infinite figure is none', () => {
    const snapshot = snapshotOf([clock(0), sample(worker, 0, { 'cpu.busy': { value: Number.POSITIVE_INFINITY } })])
    expect(jsonSnapshot(snapshot).nodes[0]?.readings['cpu.busy']).toMatchObject({ missing: 'no-data' })
  })

  it('lists what stands in a bad band', () => {
    expect(jsonSnapshot(incident()).crossings).toEqual([
      {
        ...{ node: 'worker-7', metric: 'conntrack.fill', value: 94.2346, unit: '%', band: 'critical' },
        since: '2026-01-31T12:00:29.600Z',
        peak: 94.2346,
      },
    ])
  })

  it('says of what lingers that it is ending, and how bad it was', () => {
    const evicts = (at: number, value: number) => sample(worker, at, { 'conntrack.early_drop': { value } })
    const snapshot = snapshotOf([clock(0), link(worker, 'live'), evicts(1000, 3410), evicts(2000, 0), clock(2000)])
    expect(jsonSnapshot(snapshot).crossings).toMatchObject([{ value: 0, peak: 3410, ending: true, band: 'critical' }])
    expect(tableText(snapshot)).toContain('entries evicted by conntrack 0/s, ending, was 3.41k/s')
  })

  it('is one line', () => {
    expect(jsonText(incident())).not.toContain('\n')
    expect(JSON.parse(jsonText(incident()))).toEqual(jsonSnapshot(incident()))
  })
})

describe('what the API server says of a node, in JSON', () => {
  const told = [
    clock(100_000),
    link(worker, 'not-asked', 'SSH waits for a yes'),
    cluster(),
    api({ ahead: noon }),
    put(
      'node',
      nodeRecord(worker, { created: noon, ready: 'no', reason: clean('KubeletNotReady'), readySince: noon + 40_000 }),
    ),
    source('leases', 'polling'),
    put('lease', lease(worker, noon + 57_000)),
    put('pod', podRecord('web/a', { node: worker })),
    put('pod', podRecord('web/b', { node: worker })),
  ]
  const of = (...more: readonly Event[]) => jsonSnapshot(snapshotOf([...told, ...more])).nodes[0]?.kubernetes

  it('stands beside its readings, times by our own clock, ages in seconds', () => {
    expect(of(source('nodes'), source('pods'))).toEqual({
      ready: 'no',
      reason: 'KubeletNotReady',
      since: '2026-01-31T12:00:40.000Z',
      kubelet: 'v1.34.1',
      pods: 2,
      leaseAge: 43,
      roles: [],
      addresses: [{ type: 'InternalIP', address: '10.0.0.7' }],
      troubles: [],
    })
  })

  it('has no count of pods where not all may be read, and says how old it is where the server is silent', () => {
    expect(of(source('nodes'), source('pods', 'live', { namespaces: [clean('web')] }))).not.toHaveProperty('pods')
    expect(of(source('nodes', 'stale', { known: 70_000 }))).toMatchObject({ ready: 'no', stale: 30 })
    expect(of(source('nodes'))).not.toHaveProperty('stale')
  })

  it('is not there where the API server never told of nodes in this run', () => {
    expect(of(source('nodes', 'starting', { known: Number.NaN }))).toBeUndefined()
    expect(of()).toBeUndefined()
    expect(nodeOf('worker-7')).not.toHaveProperty('kubernetes')
  })
})
