import { describe, expect, it } from 'vitest'
import type { NodeName } from '../../source/events/subject.ts'
import { clusterNode } from '../../source/store/cluster-node.ts'
import { createStore } from '../../source/store/store.ts'
import { clean } from '../../source/text/clean.ts'
import { namespaceObject, nodeObject, podObject, serviceObject, sliceObject } from './support/objects.ts'
import { watched } from './support/watched.ts'

describe('a cluster that is watched', () => {
  it('shows what there is, live, and every change of it', async () => {
    const cluster = await watched({
      before({ state }) {
        state.put('nodes', nodeObject('worker-1'))
        state.put('pods', podObject('web-1'))
        state.put('services', serviceObject('web'))
        state.put('endpointslices', sliceObject('web-x', 'web', [{ address: '10.244.1.5', pod: 'web-1' }]))
      },
    })
    const sources = ['nodes', 'pods', 'services', 'endpointslices', 'namespaces']
    await expect.poll(() => sources.map(cluster.state)).toEqual(sources.map(() => 'live'))
    expect(cluster.ids('nodes')).toEqual(['worker-1'])
    expect(cluster.ids('pods')).toEqual(['shop/web-1'])
    expect(cluster.ids('services')).toEqual(['shop/web'])
    expect(cluster.ids('slices')).toEqual(['shop/web-x'])
    expect(cluster.ids('namespaces')).toEqual(['shop'])

    cluster.mock.state.put('pods', podObject('web-2'))
    cluster.mock.state.put('namespaces', namespaceObject('bank'))
    cluster.mock.state.remove('pods', 'web-1', 'shop')
    await expect.poll(() => cluster.ids('pods')).toEqual(['shop/web-2'])
    await expect.poll(() => cluster.ids('namespaces')).toEqual(['bank', 'shop'])
    expect(cluster.told('pod')).toEqual(['put shop/web-1', 'put shop/web-2', 'gone shop/web-1'])
  })

  it('lists nothing where the server gives first states through watches', async () => {
    const cluster = await watched()
    await expect.poll(() => cluster.state('pods')).toBe('live')
    expect(cluster.mock.asked.every(({ what }) => what === 'watch')).toBe(true)
    expect(cluster.mock.asked).toHaveLength(5)
  })

  it('tells how fast the server answers, its version, and by how much its clock is ahead', async () => {
    const cluster = await watched()
    await expect.poll(() => cluster.snapshot().sources.api?.state).toBe('live')
    await expect.poll(() => cluster.snapshot().sources.api?.heard).toBeGreaterThan(0)
    const { latency = Number.NaN, version, ahead = Number.NaN } = cluster.snapshot().sources.api ?? {}
    expect(latency).toBeGreaterThan(0)
    expect(version).toBe('v1.34.1')
    expect(Math.abs(performance.now() + ahead - Date.now())).toBeLessThan(2000)
  })

  it('reads leases only while they are wanted, and forgets them afterwards', async () => {
    const cluster = await watched({
      before: ({ state }) => {
        state.put('nodes', nodeObject('worker-1'))
        state.put('leases', {
          metadata: { name: 'worker-1', namespace: 'kube-node-lease' },
          spec: { renewTime: '2026-01-31T12:00:00.000000Z' },
        })
      },
    })
    await expect.poll(() => cluster.state('nodes')).toBe('live')
    expect(cluster.mock.asked.filter(({ resource }) => resource === 'leases')).toEqual([])
    cluster.watch.leases(true)
    await expect.poll(() => cluster.ids('leases')).toEqual(['worker-1'])
    expect(cluster.state('leases')).toBe('polling')
    // A clock that runs on while nobody reads them would tell of a kubelet that is silent.
    const store = createStore()
    const leaseAge = (): number | undefined => clusterNode(store.snapshot(), 'worker-1' as NodeName)?.leaseAge
    store.apply(cluster.events)
    expect(leaseAge()).toBeGreaterThanOrEqual(0)
    const status = cluster.status('leases')
    if (status === undefined) throw new Error('nothing is told of leases')
    store.apply([{ type: 'source', source: clean('leases'), status: { ...status, state: 'stale' } }])
    expect(leaseAge()).toBeNaN()
    cluster.watch.leases(false)
    await expect.poll(() => cluster.ids('leases')).toEqual([])
  })

  it('ends whole, whatever it is doing', async () => {
    const cluster = await watched()
    cluster.watch.leases(true)
    await expect.poll(() => cluster.state('pods')).toBe('live')
    await cluster.stop()
    expect(cluster.mock.watches('pods')).toBe(0)
    const before = cluster.events.length
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
    expect(cluster.events).toHaveLength(before)
  })
})
