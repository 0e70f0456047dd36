import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { folder } from './support/names.ts'
import { makeNamespace, type Namespace } from './support/namespace.ts'
import { beside, note } from './support/oracle.ts'
import { nodeProgram } from './support/programs.ts'
import { type Watched, watch } from './support/watch.ts'

const client = 'http://127.0.0.1:2379'
const metrics = 'http://127.0.0.1:2381/metrics'

/** It may say how far it is stretched, too. */
const tier: unknown = expect.stringMatching(/^etcd metrics, 127\.0\.0\.1:2381/)

/** An etcd of one member on the loopback of a namespace, with its metrics where kubeadm puts them. */
const startEtcd = async (namespace: Namespace): Promise<void> => {
  const data = mkdtempSync(join(folder, 'etcd-'))
  namespace.start([
    ...(['etcd', '--name', 'test', '--data-dir', join(data, 'data'), '--logger', 'zap'] as const),
    ...['--listen-client-urls', client, '--advertise-client-urls', client],
    ...['--listen-peer-urls', 'http://127.0.0.1:2380', '--listen-metrics-urls', 'http://127.0.0.1:2381'],
  ])
  await vi.waitFor(() => namespace.run(nodeProgram('put', client, 1)), { timeout: 30_000, interval: 200 })
}

/** etcd's histogram of fdatasync, read by hand: seconds, and counts up to each edge. */
const scrape = async ({ run }: Namespace) => {
  const text = await run(['curl', '-sf', metrics])
  const family = 'etcd_disk_wal_fsync_duration_seconds'
  const buckets = [...text.matchAll(new RegExp(`^${family}_bucket\\{le="([^"]+)"\\} (\\d+)$`, 'gm'))]
  return {
    sum: Number(new RegExp(`^${family}_sum (\\S+)$`, 'm').exec(text)?.[1]),
    count: Number(new RegExp(`^${family}_count (\\S+)$`, 'm').exec(text)?.[1]),
    buckets: buckets.map(([, edge = '', count]) => ({
      edge: edge === '+Inf' ? Infinity : Number(edge),
      count: Number(count),
    })),
  }
}
type Scrape = Awaited<ReturnType<typeof scrape>>

/** Reads etcd while it is quiet: by hand, by kntop, by hand again. */
const quietly = async (namespace: Namespace, watched: Watched): Promise<Scrape> =>
  (
    await beside(
      () => scrape(namespace),
      () => watched.sampleNow(),
    )
  ).oracle

/**
 * The p99 of what lies between two readings, in milliseconds: linear within its bucket, as Prometheus does it. On a quick disk it
 * lies in the first one, of which only the edge is known.
 */
const p99Between = (from: Scrape, to: Scrape): number => {
  const grown = to.buckets.map(({ edge, count }, index) => ({ edge, count: count - (from.buckets[index]?.count ?? 0) }))
  const rank = 0.99 * (to.count - from.count)
  const index = grown.findIndex(({ count }) => count >= rank)
  if (index === 0) return 1000 * (grown[0]?.edge ?? Number.NaN)
  const [lower, upper] = [grown[index - 1] ?? { edge: 0, count: 0 }, grown[index] ?? { edge: Number.NaN, count: 1 }]
  const within = (rank - lower.count) / (upper.count - lower.count)
  return 1000 * (lower.edge + within * (upper.edge - lower.edge))
}

describe("etcd's own figures", () => {
  test('are those of two readings of its metrics', async () => {
    const namespace = await makeNamespace('etcd')
    await startEtcd(namespace)
    const watched = await watch(namespace)
    const from = await quietly(namespace, watched)
    const known = watched.taken('fdatasync.mean').length
    // As many as a p99 needs, and few more: all of them stand behind it then.
    await namespace.run(nodeProgram('put', client, 505))
    const to = await quietly(namespace, watched)

    const count = to.count - from.count
    const means = watched.taken('fdatasync.mean').slice(known)
    const seen = means.reduce((sum, { observations }) => sum + observations, 0)
    expect(seen).toBe(count)
    const mean = means.reduce((sum, { value, observations }) => sum + value * observations, 0) / seen
    const meanByHand = (1000 * (to.sum - from.sum)) / count
    expect(mean).toBeCloseTo(meanByHand, 6)
    note(`fdatasync.mean of ${count} writes of etcd`, mean, meanByHand, ' ms')

    expect(watched.reading('fdatasync.p99')).toMatchObject({ tier, observations: count })
    const p99 = watched.node().value('fdatasync.p99')
    expect(p99).toBeCloseTo(p99Between(from, to), 6)
    note(`fdatasync.p99 of ${count} writes of etcd`, p99, p99Between(from, to), ' ms')
  })

  test('come before those of the disk probe, which is refused then', async () => {
    const namespace = await makeNamespace('etcd')
    await startEtcd(namespace)
    const watched = await watch({ ...namespace, optIns: ['disk-probe'], settings: { diskProbeFolder: folder } })
    await namespace.run(nodeProgram('put', client, 5))
    await watched.sampleNow()
    await watched.until('a refusal', ({ optIns }) => optIns.get('disk-probe')?.state === 'refused')
    expect(watched.node().optIns.get('disk-probe')?.detail).toMatch(/etcd has figures of its own/)
    expect(watched.reading('fdatasync.mean')).toMatchObject({ tier })
  })
})
