import type { Event, Sample } from '../../source/events/event.ts'
import type { Link } from '../../source/events/link.ts'
import type { NodeName } from '../../source/events/subject.ts'
import type { MetricId } from '../../source/metrics/catalogue.ts'
import { connectLocal } from '../../source/nodes/connections/local.ts'
import { type WatchOptions, watchNode } from '../../source/nodes/node-watch.ts'
import { planOf } from '../../source/nodes/plan.ts'
import { cpuProbe } from '../../source/nodes/probes/cpu.ts'
import { kernelProbe } from '../../source/nodes/probes/kernel.ts'
import type { Time } from '../../source/nodes/time.ts'

export const node = 'worker-1' as NodeName
const probes = [cpuProbe, kernelProbe]

/** Time as it passes, and by how much the test says that it jumped. */
export const movable = () => {
  let jumped = 0
  let late = 0
  let asked = 0
  const time: Time = {
    now: () => performance.now() + jumped,
    late: () => {
      asked += 1
      return late
    },
  }
  return {
    time,
    /** How often somebody wanted to know whether we were late. */
    asked: () => asked,
    jump: (milliseconds: number, lateness = 0) => {
      jumped += milliseconds
      late = lateness
    },
  }
}

/** A node that is watched on this machine, unless said otherwise, and what it has told. */
export const watched = (more: Partial<WatchOptions> = {}) => {
  const events: Event[] = []
  const controller = new AbortController()
  const watch = watchNode({
    node,
    transport: 'local',
    connect: connectLocal,
    probes,
    plan: planOf(probes),
    settings: { etcdMetrics: [], ownPeers: [] },
    optIns: new Set(),
    emit: (batch) => void events.push(...batch),
    time: { now: () => performance.now(), late: () => 0 },
    signal: controller.signal,
    ...more,
  })
  const samples = (): readonly Sample[] => events.filter((event) => event.type === 'sample')
  const links = (): readonly Link[] => events.flatMap((event) => (event.type === 'link' ? [event.link] : []))
  return {
    events,
    watch,
    samples,
    links,
    states: () => links().map(({ state }) => state),
    valuesOf: (metric: MetricId) =>
      samples().flatMap((sample) => {
        const value = sample.values[sample.metrics.indexOf(metric)]
        return value === undefined ? [] : [value]
      }),
    end: async () => {
      controller.abort()
      await watch.done
    },
  }
}
