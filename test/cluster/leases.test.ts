import { getEventListeners } from 'node:events'
import { expect, it, onTestFinished } from 'vitest'
import { watchCluster } from '../../source/cluster/watch-cluster.ts'
import { createHttpApi } from './support/http-api.ts'
import { startMock } from './support/mock-server.ts'
import { fast } from './support/watched.ts'

it('leases may be wanted and not wanted any number of times: nothing gathers on the signal', async () => {
  const mock = await startMock()
  const api = createHttpApi(mock.origin)
  const controller = new AbortController()
  const watch = watchCluster({
    api,
    namespaces: [],
    emit: () => undefined,
    now: () => performance.now(),
    signal: controller.signal,
    // Nothing else comes and goes meanwhile.
    limits: { ...fast, ping: 600_000, denied: 600_000 },
  })
  onTestFinished(async () => {
    controller.abort()
    await watch.done
    api.close()
    await mock.close()
  })
  const lists = (): number => mock.asked.filter(({ resource }) => resource === 'leases').length
  const counts: number[] = []
  for (let turn = 0; turn < 12; turn++) {
    const before = lists()
    watch.leases(true)
    await expect.poll(lists).toBeGreaterThan(before)
    watch.leases(false)
    counts.push(getEventListeners(controller.signal, 'abort').length)
  }
  expect(Math.max(...counts.slice(-3))).toBeLessThanOrEqual(Math.max(...counts.slice(0, 3)))
})
