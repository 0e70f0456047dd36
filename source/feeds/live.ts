import type { Feed } from '../events/feed.ts'
import type { Transport } from '../events/link.ts'
import type { NodeName } from '../events/subject.ts'
import type { Connect } from '../nodes/connections/connection.ts'
import { type NodeWatch, watchNode } from '../nodes/node-watch.ts'
import { planOf } from '../nodes/plan.ts'
import type { ProbeSettings } from '../nodes/probe.ts'
import { probes } from '../nodes/probes.ts'
import { startClock } from './clock.ts'
import { watchSelf } from './self.ts'

/** A node to watch and the way to it. */
export interface NodeTarget {
  readonly node: NodeName
  readonly transport: Transport
  readonly connect: Connect
  readonly settings: ProbeSettings
  /** Opt-ins asked for from the start. */
  readonly optIns: ReadonlySet<string>
}

/** Live nodes, each over its own connection, and kntop itself. */
export const liveFeed = (targets: readonly NodeTarget[]): Feed => {
  const watches = new Map<NodeName, NodeWatch>()
  const plan = planOf(probes)

  return {
    async run(emit, signal) {
      const clock = startClock(emit, signal)
      for (const target of targets)
        watches.set(target.node, watchNode({ ...target, probes, plan, emit, time: clock, signal }))
      const self = watchSelf(emit, signal)
      await Promise.all([self, clock.done, ...[...watches.values()].map((watch) => watch.done)])
    },
    optIn(name, on, nodes) {
      for (const [node, watch] of watches) if (nodes === 'all' || nodes.includes(node)) watch.optIn(name, on)
    },
    async sampleNow() {
      await Promise.all([...watches.values()].map((watch) => watch.sampleNow()))
    },
  }
}
