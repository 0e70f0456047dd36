import { describe, expect, test } from 'vitest'
import type { MetricId } from '../../source/metrics/catalogue.ts'
import type { NodeView } from '../../source/store/snapshot.ts'
import { assured, counted, load, maximum, sendFlows, statistic, track } from './support/conntrack.ts'
import { requireKernel } from './support/kernel.ts'
import { makeNamespace, type Namespace } from './support/namespace.ts'
import { beside } from './support/oracle.ts'
import { type Watched, watch } from './support/watch.ts'

/** A namespace that tracks connections. */
const tracking = async (name: string): Promise<Namespace> => {
  const namespace = await makeNamespace(name)
  await track(namespace)
  return namespace
}

/** What kntop shows after reading anew. */
const shown = async (watched: Watched, metric: MetricId): Promise<number> => {
  await watched.nextFrame()
  return watched.node().value(metric)
}

/** Holds what kntop has counted since it began beside what `conntrack -S` has: the very same number. Gives it back. */
const besideStatistics = async (
  namespace: Namespace,
  watched: Watched,
  name: 'drop' | 'early_drop',
): Promise<number> => {
  const { oracle, ours } = await beside(
    () => statistic(namespace, name),
    async () => {
      await watched.nextFrame()
      return watched.total(`conntrack.${name}`)
    },
  )
  expect(ours).toBeCloseTo(oracle, 6)
  return oracle
}

const bandOf = (node: NodeView, metric: MetricId): string => {
  const reading = node.reading(metric)
  return reading.kind === 'missing' ? reading.advice : reading.band
}

describe('the connection tracking table', () => {
  test('a known number of entries is seen exactly', async (context) => {
    await requireKernel(context, 'connection tracking in a namespace', 'a limit of tracked connections')
    const namespace = await tracking('table')
    const watched = await watch(namespace)
    for (const [from, count] of [
      [0, 1],
      [1, 999],
      [1000, 5000],
    ] as const) {
      await load(namespace, from, count)
      const { oracle, ours } = await beside(
        () => counted(namespace),
        () => shown(watched, 'conntrack.entries'),
      )
      expect([oracle, ours]).toEqual([from + count, from + count])
    }
    expect(watched.node().value('conntrack.max')).toBe(maximum())
    expect(watched.node().value('conntrack.fill')).toBeCloseTo((100 * 6000) / maximum(), 9)
  })

  test('a table full of assured connections: every dropped packet is counted, and no other namespace is accused', async (context) => {
    await requireKernel(context, 'connection tracking in a namespace', 'a limit of tracked connections')
    const [full, quiet] = [await tracking('full'), await tracking('quiet')]
    const [watched, bystander] = [await watch(full), await watch(quiet)]
    await load(full, 0, maximum(), assured)
    expect(await shown(watched, 'conntrack.fill')).toBe(100)
    expect(await sendFlows(full, 1000)).toBe(1000)

    // kntop itself looks for etcd here, and is refused too.
    const dropped = await besideStatistics(full, watched, 'drop')
    expect(dropped).toBeGreaterThanOrEqual(1000)
    await besideStatistics(full, watched, 'early_drop')
    await watched.until('both bands', (node) =>
      (['conntrack.drop', 'conntrack.fill'] as const).every((metric) => bandOf(node, metric) === 'critical'),
    )

    const { oracle, ours } = await beside(
      () => counted(quiet),
      () => shown(bystander, 'conntrack.entries'),
    )
    expect(ours).toBe(oracle)
    expect(bystander.total('conntrack.drop')).toBe(0)
    expect(bystander.node().worst()).not.toBe('critical')
  })

  test('a table full of plain flows: every eviction is counted', async (context) => {
    await requireKernel(context, 'connection tracking in a namespace', 'a limit of tracked connections')
    const full = await tracking('evicts')
    const watched = await watch(full)
    await load(full, 0, maximum())
    await sendFlows(full, 2000)
    expect(await besideStatistics(full, watched, 'early_drop')).toBeGreaterThan(0)
    await besideStatistics(full, watched, 'drop')
    expect(bandOf(watched.node(), 'conntrack.early_drop')).toBe('critical')
  })
})
