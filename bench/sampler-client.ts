import { setTimeout as wait } from 'node:timers/promises'
import type { NodeName } from '../source/events/subject.ts'
import { liveFeed } from '../source/feeds/live.ts'
import { planOf } from '../source/nodes/plan.ts'
import { probes } from '../source/nodes/probes.ts'
import { createStore } from '../source/store/store.ts'
import { recordedConnection, recordMinute } from './recorded-connection.ts'

/** What the client pays for so many nodes that are sampled once a second. */
export interface ClientCost {
  /** CPU microseconds per node and second. */
  readonly perSample: number
  /** Percent of a core. */
  readonly share: number
  /** Of `perSample`, the part within `emit`, which is the store's. */
  readonly store: number
  readonly samples: number
  /** The most that was resident at the end of a window, bytes. */
  readonly resident: number
}

/** Seconds of one measurement: every group of files but the slowest is read in it. */
const window = 5

/**
 * Runs the live feed over nodes that answer as recorded, so everything from a channel's bytes to the store is in it: decoding,
 * probes, emission, timers, the store, and a snapshot a second. Seconds before the measured ones let the compiler settle; of
 * the measured ones the cheapest five count.
 */
export const measureClient = async (nodes: number, seconds: number, warmUp: number): Promise<ClientCost> => {
  const { takes } = planOf(probes)
  const bodies = await recordMinute(8, takes)
  const store = createStore()
  let inStore = 0
  let samples = 0
  const targets = Array.from({ length: nodes }, (_, index) => ({
    node: `worker-${index}` as NodeName,
    transport: 'ssh' as const,
    connect: () => Promise.resolve(recordedConnection(bodies)),
    settings: { etcdMetrics: [], ownPeers: [] },
    optIns: new Set<string>(),
  }))
  const controller = new AbortController()
  const running = liveFeed(targets).run((events) => {
    const begun = performance.now()
    store.apply(events)
    if (events[0]?.type === 'clock') store.snapshot()
    inStore += performance.now() - begun
    for (const event of events) if (event.type === 'sample') samples += 1
  }, controller.signal)
  const measure = async (): Promise<ClientCost> => {
    inStore = 0
    samples = 0
    const begun = performance.now()
    const before = process.cpuUsage()
    await wait(window * 1000)
    const used = process.cpuUsage(before)
    const passed = performance.now() - begun
    return {
      perSample: (used.user + used.system) / (nodes * (passed / 1000)),
      share: (used.user + used.system) / 10 / passed,
      store: (inStore * 1000) / (nodes * (passed / 1000)),
      samples: samples / (nodes * (passed / 1000)),
      resident: process.memoryUsage.rss(),
    }
  }
  try {
    await wait(warmUp * 1000)
    const windows: ClientCost[] = []
    for (let passed = 0; passed < seconds; passed += window) windows.push(await measure())
    // What else runs on the machine only ever adds.
    const cheapest = windows.reduce((least, one) => (one.perSample < least.perSample ? one : least))
    return { ...cheapest, resident: Math.max(...windows.map(({ resident }) => resident)) }
  } finally {
    controller.abort()
    await running
  }
}
