import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Event } from '../../source/events/event.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { liveFeed } from '../../source/feeds/live.ts'
import type { NodeTarget } from '../../source/feeds/node-watches.ts'
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

describe('the end of a feed', () => {
  test('comes when every process of it is gone, also what did not want to end', async () => {
    const stubborn = `trap '' TERM; sleep 1000 >/dev/null & wait`
    const withStubborn: NodeTarget['connect'] = async (signal) => {
      const connection = await connectLocal()
      await connection.stream({ argv: ['sh', '-c', 'timeout 1000 sh -c "$1"; :', 'sh', stubborn] }, signal)
      return connection
    }
    const controller = new AbortController()
    const events: Event[] = []
    const feed = liveFeed([{ ...target('here'), connect: withStubborn }])
    const done = feed.run((batch) => void events.push(...batch), controller.signal)
    await expect.poll(() => events.some(({ type }) => type === 'sample'), { timeout: 5000 }).toBe(true)
    expect(marked.now().length).toBeGreaterThan(4)
    controller.abort()
    await done
    expect(marked.now()).toEqual([])
  })

  test('that a fault brings about is told when every process is gone', async () => {
    const live = Promise.withResolvers<void>()
    const broken = target('broken')
    const connect = async (): Promise<never> => {
      await live.promise
      throw new Error('no way')
    }
    const emit = (events: readonly Event[]): void => {
      for (const event of events) {
        if (event.type === 'sample') live.resolve()
        if (event.type === 'link' && event.link.state === 'lost') throw new Error('a fault of ours')
      }
    }
    const controller = new AbortController()
    const feed = liveFeed([target('here'), { ...broken, connect }])
    try {
      await expect(feed.run(emit, controller.signal)).rejects.toThrow('a fault of ours')
      expect(marked.now()).toEqual([])
    } finally {
      controller.abort()
    }
  })
})

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
      const isRead = (node: string): boolean =>
        it.told(node).has('value conntrack.entries') || it.told(node).has('value cpu.busy')
      await expect.poll(() => isRead('here') && isRead('there'), { timeout: 10_000 }).toBe(true)
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
