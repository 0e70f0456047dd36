import type { Event } from '../../source/events/event.ts'
import type { Link } from '../../source/events/link.ts'
import type { ApiStatus } from '../../source/events/sources.ts'
import { isNodeName, type NodeName } from '../../source/events/subject.ts'
import type { MetricId } from '../../source/metrics/catalogue.ts'
import type { Snapshot } from '../../source/store/snapshot.ts'
import { createStore } from '../../source/store/store.ts'
import { clean } from '../../source/text/clean.ts'

export const nodeName = (text: string): NodeName => {
  if (!isNodeName(text)) throw new Error(`${text} is no name of a node`)
  return text
}

export const worker = nodeName('worker-7')
export const lost = nodeName('worker-9')

/** Noon on the last day of January 2026. */
export const noon = Date.UTC(2026, 0, 31, 12)

export const clock = (at: number): Event => ({ type: 'clock', at, wall: noon + at, late: 0 })

export const link = (node: NodeName, state: Link['state'], cause = '', at = 0): Event => ({
  ...{ type: 'link', subject: { node }, link: { transport: 'ssh', state, cause: clean(cause) }, at },
})

/** An API server that never answered, for this cause. */
export const api = (cause: string, state: ApiStatus['state'] = 'starting'): Event => ({
  type: 'api',
  status: {
    state,
    cause: clean(cause),
    since: 0,
    latency: Number.NaN,
    heard: Number.NaN,
    version: clean(''),
    ahead: Number.NaN,
  },
})

/** What is read from a cluster, and never was, for this cause. */
export const source = (name: string, cause: string): Event => ({
  type: 'source',
  source: clean(name),
  status: {
    state: 'starting',
    cause: clean(cause),
    known: Number.NaN,
    until: Number.NaN,
    lacking: [],
    leftOut: 0,
    leftOutCause: clean(''),
  },
})

export interface Taken {
  readonly value: number
  readonly observations?: number
  readonly window?: number
  readonly bound?: number
}

export const sample = (node: NodeName, at: number, taken: Readonly<Partial<Record<MetricId, Taken>>>): Event => {
  const metrics = Object.keys(taken) as MetricId[]
  const all = metrics.map((id) => taken[id] ?? { value: Number.NaN })
  return {
    type: 'sample',
    subject: { node },
    at,
    metrics,
    values: Float64Array.from(all, ({ value }) => value),
    observations: Float64Array.from(all, ({ observations = Number.NaN }) => observations),
    windows: Float64Array.from(all, ({ window = Number.NaN }) => window),
    bounds: Int8Array.from(all, ({ bound = 0 }) => bound),
  }
}

export const origin = (node: NodeName, metric: MetricId, tier: string): Event => ({
  ...{ type: 'origin', subject: { node }, metric, origin: { tier: clean(tier), scope: 'host' } },
})

export const absent = (node: NodeName, metric: MetricId, advice: string): Event => ({
  ...{ type: 'origin', subject: { node }, metric, origin: { missing: 'not-asked', advice: clean(advice) } },
})

export const snapshotOf = (events: readonly Event[]): Snapshot => {
  const store = createStore({ historyBytes: 4e6 })
  store.apply(events)
  return store.snapshot()
}

/** A node with a figure of every kind, one that was lost, and 30 s on the clock. */
export const incident = (): Snapshot =>
  snapshotOf([
    clock(0),
    link(worker, 'live'),
    { type: 'fact', subject: { node: worker }, fact: 'kernel.release', value: clean('6.1.0') },
    origin(worker, 'conntrack.fill', 'proc'),
    origin(worker, 'fdatasync.p99', 'etcd metrics, 127.0.0.1:2381'),
    absent(worker, 'dns.lookups', 'start kntop with --with dns-capture'),
    absent(worker, 'dns.served', 'start kntop with --with dns-capture'),
    sample(worker, 20_000, { 'conntrack.fill': { value: 94.2 }, 'cpu.busy': { value: 12.5 } }),
    sample(worker, 29_600, {
      'conntrack.fill': { value: 94.234_567_89 },
      'conntrack.max': { value: 1_048_576 },
      'fdatasync.p99': { value: 1, observations: 600, window: 120.04, bound: -1 },
      'tcp.retransmit_share': { value: 1 / 3, observations: 1234, window: 1.001 },
      'nic.rx': { value: Number.NaN },
    }),
    link(lost, 'lost', 'the connection was closed', 10_000),
    clock(30_000),
  ])
