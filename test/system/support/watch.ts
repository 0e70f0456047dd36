import { onTestFinished } from 'vitest'
import type { Event, Sample } from '../../../source/events/event.ts'
import { type Inquiry, inquiryKey, type Report } from '../../../source/events/inquiry.ts'
import type { NodeName } from '../../../source/events/subject.ts'
import { liveFeed } from '../../../source/feeds/live.ts'
import type { MetricId } from '../../../source/metrics/catalogue.ts'
import type { ProbeSettings } from '../../../source/nodes/probe.ts'
import type { Reading } from '../../../source/store/reading.ts'
import type { NodeView } from '../../../source/store/snapshot.ts'
import { createStore } from '../../../source/store/store.ts'
import { connectThrough } from './connect-through.ts'

/** One value as it entered the store. */
export interface Taken {
  /** Our monotonic time in milliseconds. */
  readonly at: number
  readonly value: number
  readonly observations: number
  readonly window: number
}

/** A node watched by kntop's own engine, into a store of its own. */
export interface Watched {
  /** The node as of now. */
  node(): NodeView
  reading(metric: MetricId): Reading
  /** Waits until something holds of the node; looks each time something was told. */
  until(what: string, holds: (node: NodeView) => boolean, limit?: number): Promise<NodeView>
  /** Waits until files have been read that were not asked for before now. */
  nextFrame(): Promise<void>
  /** Reads everything now, also what commands tell; settles when it is in the store. */
  sampleNow(): Promise<void>
  /** Every value of a metric that entered the store, gaps left out. */
  taken(metric: MetricId): readonly Taken[]
  /** What a rate adds up to: its values by the seconds that each covers. */
  total(metric: MetricId): number
  /** Asks the node for looks, again as soon as one is answered, until the test is over: what came of each so far. */
  looksAt(inquiries: readonly Omit<Inquiry, 'node'>[]): readonly (readonly Report[])[]
  end(): Promise<void>
}

export interface WatchOptions {
  /** What stands before every program that is run: a way into a namespace. */
  readonly enter?: readonly string[]
  readonly optIns?: readonly string[]
  readonly settings?: Partial<ProbeSettings>
}

const node = 'watched' as NodeName

const takenFrom = (sample: Sample, metric: MetricId): readonly Taken[] => {
  const index = sample.metrics.indexOf(metric)
  const value = sample.values[index] ?? Number.NaN
  if (Number.isNaN(value)) return []
  const { at, observations, windows } = sample
  return [{ at, value, observations: observations?.[index] ?? Number.NaN, window: windows?.[index] ?? Number.NaN }]
}

/** Watches this machine, or a namespace of it, until the test is over. Settles with the first figures. */
export const watch = async ({ enter = [], optIns = [], settings = {} }: WatchOptions = {}): Promise<Watched> => {
  const store = createStore()
  const samples: Sample[] = []
  const reports: { readonly key: string; readonly report: Report }[] = []
  const listeners = new Set<() => void>()
  const stop = new AbortController()
  const feed = liveFeed([
    {
      node,
      transport: 'local',
      connect: connectThrough(enter),
      settings: { etcdMetrics: [], ownPeers: [], ...settings },
      optIns: new Set(optIns),
    },
  ])
  const emit = (events: readonly Event[]): void => {
    store.apply(events)
    for (const event of events) {
      if (event.type === 'sample') samples.push(event)
      if (event.type === 'report') reports.push(event)
    }
    for (const listener of listeners) listener()
  }
  const done = feed.run(emit, stop.signal)
  const end = async (): Promise<void> => {
    stop.abort()
    await done
  }
  onTestFinished(end)

  const view = (): NodeView => {
    const found = store.snapshot().nodes.get(node)
    if (found === undefined) throw new Error('nothing was said of the node yet')
    return found
  }
  const until: Watched['until'] = (what, holds, limit = 30_000) =>
    new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        clearTimeout(timer)
        listeners.delete(look)
        settle()
      }
      const look = (): void => {
        const found = store.snapshot().nodes.get(node)
        if (found !== undefined && holds(found)) finish(() => resolve(found))
      }
      const timer = setTimeout(() => finish(() => reject(new Error(`waited ${limit} ms in vain for ${what}`))), limit)
      listeners.add(look)
      look()
    })
  const taken: Watched['taken'] = (metric) => samples.flatMap((sample) => takenFrom(sample, metric))

  const nextFrame = async (): Promise<void> => {
    const from = performance.now()
    await until('a new frame', () => (taken('cpu.busy').at(-1)?.at ?? from) > from)
  }

  const looksAt: Watched['looksAt'] = (asked) => {
    const inquiries = asked.map((one) => ({ node, ...one }))
    const found = new Map<string, Report[]>(inquiries.map((one) => [inquiryKey(one), []]))
    let read = reports.length
    listeners.add(() => {
      for (const { key, report } of reports.slice(read)) {
        if (report.state === 'waiting') continue
        found.get(key)?.push(report)
        feed.inquireAgain()
      }
      read = reports.length
    })
    feed.inquire(inquiries)
    return [...found.values()]
  }

  await nextFrame()
  return {
    node: view,
    reading: (metric) => view().reading(metric),
    until,
    nextFrame,
    sampleNow: () => feed.sampleNow(),
    looksAt,
    taken,
    total: (metric) => taken(metric).reduce((sum, { value, window }) => sum + value * window, 0),
    end,
  }
}
