import type { Event } from '../../source/events/event.ts'
import type { Link, LinkState } from '../../source/events/link.ts'
import type { Origin, Source } from '../../source/events/origin.ts'
import type { NodeName } from '../../source/events/subject.ts'
import type { MetricId } from '../../source/metrics/catalogue.ts'
import type { Store } from '../../source/store/store.ts'
import { clean } from '../../source/text/clean.ts'

export const nodeName = (text: string): NodeName => text as NodeName
export const worker = nodeName('worker-1')

/** Wall time of monotonic 0 in these tests. */
export const epoch = Date.UTC(2026, 0, 31, 12)

export const clock = (seconds: number, late = 0, wall = epoch + seconds * 1000): Event => ({
  type: 'clock',
  at: seconds * 1000,
  wall,
  late,
})

interface Behind {
  readonly observations?: number
  readonly window?: number
  readonly bound?: number
}

/** One value of one metric. */
export const sample = (
  seconds: number,
  metric: MetricId,
  value: number,
  { observations, window, bound }: Behind = {},
  node = worker,
): Event => ({
  type: 'sample',
  subject: { node },
  at: seconds * 1000,
  metrics: [metric],
  values: Float64Array.of(value),
  ...(observations === undefined ? {} : { observations: Float64Array.of(observations) }),
  ...(window === undefined ? {} : { windows: Float64Array.of(window) }),
  ...(bound === undefined ? {} : { bounds: Int8Array.of(bound) }),
})

export const source = (tier: string, more: Partial<Source> = {}): Source => ({
  tier: clean(tier),
  scope: 'host',
  ...more,
})

export const origin = (metric: MetricId, origin: Origin, node = worker): Event => ({
  type: 'origin',
  subject: { node },
  metric,
  origin,
})

export const link = (seconds: number, state: LinkState, node = worker, cause = 'said so'): Event => {
  const link: Link = { transport: 'ssh', state, cause: clean(cause) }
  return { type: 'link', subject: { node }, link, at: seconds * 1000 }
}

/** A value every `every` seconds from `from` up to `to`, the clock following each. */
export const feed = (
  store: Store,
  metric: MetricId,
  from: number,
  to: number,
  valueAt: (second: number) => number,
  every = 1,
  node = worker,
): void => {
  for (let second = from; second <= to; second += every) {
    store.apply([sample(second, metric, valueAt(second), {}, node), clock(second)])
  }
}
