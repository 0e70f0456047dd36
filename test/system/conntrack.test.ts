import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { MetricId } from '../../source/metrics/catalogue.ts'
import type { NodeView } from '../../source/store/snapshot.ts'
import { requireKernel } from './support/kernel.ts'
import { makeNamespace, type Namespace } from './support/namespace.ts'
import { beside } from './support/oracle.ts'
import { type Watched, watch } from './support/watch.ts'

const udpFlows = fileURLToPath(new URL('programs/udp-flows.ts', import.meta.url))

/** A namespace that tracks connections, because a rule asks for their state. */
const tracking = async (name: string): Promise<Namespace> => {
  const namespace = await makeNamespace(name)
  await namespace.run(['nft', 'add table inet t; add chain inet t c { type filter hook output priority 0; }'])
  await namespace.run(['nft', 'add rule inet t c ct state new counter'])
  return namespace
}

/** Has a namespace track so many connections more, of which no two are the same. `from`: how many it was given before. */
const load = async (namespace: Namespace, from: number, count: number, status = ''): Promise<void> => {
  const lines = Array.from({ length: count }, (_, index) => {
    const host = from + index
    const source = `10.${(host >> 16) & 255}.${(host >> 8) & 255}.${host & 255}`
    return `-A -s ${source} -d 10.250.0.1 -p udp --sport 1000 --dport 53 -t 600 ${status}\n`
  })
  // The tool opens its stdin by name, which works for a pipe, and not for what Node gives it.
  await namespace.run(['sh', '-c', 'cat | conntrack --load-file -'], lines.join(''))
}
/** Of connections that must not be evicted. */
const assured = '-u SEEN_REPLY,ASSURED'

/** Sends a datagram each to so many ports of the namespace itself; says how many were refused. */
const sendFlows = async ({ run }: Namespace, count: number): Promise<number> =>
  Number(/refused (\d+)/.exec(await run([process.execPath, program('udp-flows'), '127.0.0.1', String(count)]))?.[1])

const counted = async ({ run }: Namespace): Promise<number> => Number(await run(['conntrack', '-C']))

/** A counter of `conntrack -S`, over all CPUs. */
const statistic = async ({ run }: Namespace, name: string): Promise<number> =>
  [...(await run(['conntrack', '-S'])).matchAll(new RegExp(` ${name}=(\\d+)`, 'g'))].reduce(
    (sum, [, value]) => sum + Number(value),
    0,
  )

const maximum = (): number => Number(readFileSync('/proc/sys/net/netfilter/nf_conntrack_max', 'utf8'))

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
