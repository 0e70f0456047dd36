import { describe, expect, test } from 'vitest'
import type { Event } from '../../source/events/event.ts'
import type { NodeName } from '../../source/events/subject.ts'
import type { MetricId } from '../../source/metrics/catalogue.ts'
import { startSession } from '../../source/nodes/node-session.ts'
import { planOf } from '../../source/nodes/plan.ts'
import { createSudoGate } from '../../source/nodes/privilege/sudo-gate.ts'
import type { Probe } from '../../source/nodes/probe.ts'
import { etcdTier } from '../../source/nodes/probes/etcd/tier.ts'
import { createTierMemory } from '../../source/nodes/tier-memory.ts'
import { fakeConnection, markerOf } from './fake-connection.ts'
import { metricsText } from './probes/etcd/metrics-text.ts'
import { feed, greeting, listen } from './sampler/protocol.ts'

const node = 'worker-1' as NodeName

const probe: Probe = { name: 'fdatasync', takes: {}, tiers: [etcdTier] }

/** A node with an etcd that is watched over one connection after another. */
const watched = () => {
  const memory = createTierMemory()
  const plan = planOf([probe])
  const events: Event[] = []
  let now = 0

  const connect = (boot: string) => {
    const end = new AbortController()
    const fake = fakeConnection()
    const heard = listen(plan.takes)
    feed(heard, greeting(`engine=awk lease=15 relay=1 boot=${boot}`))
    const hello = heard.hellos[0] ?? expect.fail('no greeting')
    memory.begin(hello.boot)
    const session = startSession({
      node,
      connection: fake.connection,
      probes: [probe],
      plan,
      settings: { etcdMetrics: [], ownPeers: [] },
      sudo: createSudoGate(() => 0),
      memory,
      hello,
      held: heard.decoder.held,
      count: { frames: 1 },
      asked: () => false,
      emit: (batch) => void events.push(...batch),
      status: (status) => void events.push({ type: 'opt-in', node, status }),
      now: () => now,
      signal: end.signal,
    })
    session.frame(now)
    return {
      /** etcd is read, so many seconds after the last time, when it has made so many calls of 3 ms. */
      read: async (seconds: number, calls: number) => {
        now += seconds * 1000
        const ran = session.runAll(now)
        await expect.poll(() => fake.channels.at(-1)?.written).toContain('k\n')
        const channel = fake.channels.at(-1) ?? expect.fail('no channel')
        channel.written.length = 0
        const marker = markerOf(channel.program)
        const text = `url 1\n${metricsText(new Array<number>(calls).fill(3))}ended 0\n`
        channel.send(`${marker} begin\n${text}\n${marker} end 0\n0m0.0s 0m0.0s\n0m0.0s 0m0.0s\n${marker} done\n`)
        await ran
      },
      cut: () => end.abort(),
    }
  }

  /** What was said last of a metric: what stands behind its value, or why there is none. */
  const last = (metric: MetricId): unknown => {
    let found: unknown
    for (const event of events) {
      if (event.type === 'origin' && event.metric === metric && 'missing' in event.origin) found = event.origin.advice
      const at = event.type === 'sample' ? event.metrics.indexOf(metric) : -1
      if (event.type === 'sample' && at >= 0)
        found = { observations: event.observations?.[at], window: event.windows?.[at] }
    }
    return found
  }
  return { connect, last }
}

const [boot, other] = ['b2d1b1a4-3a53-4c6e-8f4e-2d6f4a0c9e11', 'c2d1b1a4-3a53-4c6e-8f4e-2d6f4a0c9e11']

describe('the window of a percentile', () => {
  /** 400 calls are seen, then the connection is cut, and 60 s later there is another one. */
  const cutAndBack = async (nextBoot: string, calls: number) => {
    const it = watched()
    const first = it.connect(boot)
    await first.read(0, 0)
    await first.read(10, 400)
    expect(it.last('fdatasync.p99')).toMatch(/^400 of 500 observations/)
    first.cut()
    await it.connect(nextBoot).read(60, calls)
    return it.last
  }

  test('goes on over a reconnect: etcd has counted meanwhile', async () => {
    const last = await cutAndBack(boot, 600)
    expect(last('fdatasync.p99')).toEqual({ observations: 600, window: 70 })
    expect(last('fdatasync.mean')).toEqual({ observations: 200, window: 60 })
  })

  test('begins anew where counters went back: another etcd', async () => {
    expect((await cutAndBack(boot, 399))('fdatasync.p99')).toMatch(/^0 of 500/)
  })

  test.each([
    ['on another boot', other],
    ['where the node tells none', ''],
  ])('begins anew %s, whatever the counters say', async (_, nextBoot) => {
    expect((await cutAndBack(nextBoot, 600))('fdatasync.p99')).toMatch(/^0 of 500/)
  })
})
