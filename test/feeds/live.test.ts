import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Event } from '../../source/events/event.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { liveFeed, type NodeTarget } from '../../source/feeds/live.ts'
import type { MetricId } from '../../source/metrics/catalogue.ts'
import { connectLocal } from '../../source/nodes/connections/local.ts'
import { optIns, probes } from '../../source/nodes/probes.ts'
import { type Marked, mark } from '../nodes/processes.ts'

const target = (name: string): NodeTarget => ({
  node: name as NodeName,
  transport: 'local',
  connect: connectLocal,
  settings: { etcdMetrics: [], ownPeers: [] },
  optIns: new Set(),
})

let marked: Marked
beforeEach(() => {
  marked = mark()
})
afterEach(() => marked.forget())

const fed = (...names: readonly string[]) => {
  const events: Event[] = []
  const controller = new AbortController()
  const feed = liveFeed(names.map(target))
  const done = feed.run((batch) => void events.push(...batch), controller.signal)
  const told = (node: string): ReadonlySet<string> =>
    new Set(
      events.flatMap((event) => {
        if (!('subject' in event) || !('node' in event.subject) || event.subject.node !== node) return []
        if (event.type === 'sample') return event.metrics.map((metric) => `value ${metric}`)
        return event.type === 'origin' ? [`origin ${event.metric}`] : []
      }),
    )
  return {
    events,
    feed,
    told,
    end: async () => {
      controller.abort()
      await done
    },
  }
}

describe('this machine, live, with every probe', () => {
  test('gives its first figures within five seconds, and leaves no process behind', async () => {
    const it = fed('here')
    try {
      await expect
        .poll(() => [...it.told('here')], { timeout: 5000, interval: 20 })
        .toEqual(
          expect.arrayContaining([
            'value cpu.busy',
            'origin cpu.busy',
            'origin conntrack.fill',
            'origin conntrack.entries',
          ]),
        )
      expect(it.events.some((event) => event.type === 'clock')).toBe(true)
    } finally {
      await it.end()
    }
    expect(marked.now()).toEqual([])
  })

  test('says of every metric that it can take where it comes from, or why it is missing', async () => {
    const it = fed('here')
    const metrics = new Set<MetricId>(probes.flatMap(({ tiers }) => tiers.flatMap((tier) => [...tier.metrics])))
    try {
      const untold = (): readonly string[] => [...metrics].filter((metric) => !it.told('here').has(`origin ${metric}`))
      await expect.poll(untold, { timeout: 15_000, interval: 50 }).toEqual([])
    } finally {
      await it.end()
    }
    expect(marked.now()).toEqual([])
  })

  test('asks for no opt-in by itself, and tells the state of each', async () => {
    const it = fed('here')
    const states = (): Readonly<Record<string, string>> =>
      Object.fromEntries(
        it.events.flatMap((event) => (event.type === 'opt-in' ? [[event.status.name, event.status.state]] : [])),
      )
    try {
      await expect
        .poll(states, { timeout: 5000, interval: 20 })
        .toEqual(Object.fromEntries(optIns.map(({ name }) => [name, 'off'])))
    } finally {
      await it.end()
    }
  })

  test('is read all at once when asked to, all nodes of it', async () => {
    const it = fed('here', 'there')
    try {
      await expect.poll(() => it.told('here').size * it.told('there').size, { timeout: 5000 }).toBeGreaterThan(0)
      const before = it.events.filter((event) => event.type === 'fact').length
      await it.feed.sampleNow()
      const after = it.events.filter((event) => event.type === 'fact')
      expect(
        new Set(
          after.slice(before).map((event) => ('subject' in event && 'node' in event.subject ? event.subject.node : '')),
        ),
      ).toEqual(new Set(['here', 'there']))
    } finally {
      await it.end()
    }
    expect(marked.now()).toEqual([])
  })
})
