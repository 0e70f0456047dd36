import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
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

/** Lines for `conntrack --load-file`: connections that no two of them share. */
const entries = (count: number, status: string): string =>
  Array.from(
    { length: count },
    (_, index) =>
      `-A -s 10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255} -d 10.250.0.1 -p udp --sport 1000 --dport 53 -t 600 ${status}\n`,
  ).join('')
const assured = '-u SEEN_REPLY,ASSURED'

const load = async (namespace: Namespace, lines: string): Promise<void> => {
  await namespace.run(['conntrack', '--load-file', '-'], lines)
}

const counted = async ({ run }: Namespace): Promise<number> => Number(await run(['conntrack', '-C']))

/** A counter of `conntrack -S`, over all CPUs. */
const statistic = async ({ run }: Namespace, name: string): Promise<number> =>
  [...(await run(['conntrack', '-S'])).matchAll(new RegExp(` ${name}=(\\d+)`, 'g'))].reduce(
    (sum, [, value]) => sum + Number(value),
    0,
  )

const value = (watched: Watched, metric: 'conntrack.entries' | 'conntrack.fill' | 'conntrack.max'): number =>
  watched.node().value(metric)

const maximum = (): number => Number(readFileSync('/proc/sys/net/netfilter/nf_conntrack_max', 'utf8'))

describe('the connection tracking table', () => {
  test('a known number of entries is seen exactly', async (context) => {
    await requireKernel(context, 'connection tracking in a namespace', 'a limit of tracked connections')
    const namespace = await tracking('table')
    const watched = await watch(namespace)
    for (const more of [entries(1, assured), entries(1000, assured), entries(5000, '')]) {
      await load(namespace, more).catch(() => undefined)
      const { oracle, ours } = await beside(
        () => counted(namespace),
        async () => {
          await watched.sampleNow()
          return value(watched, 'conntrack.entries')
        },
      )
      expect(ours).toBe(oracle)
    }
    expect(value(watched, 'conntrack.max')).toBe(maximum())
    expect(value(watched, 'conntrack.fill')).toBeCloseTo((100 * 5000) / maximum(), 9)
  })
})
