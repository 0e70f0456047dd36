import type { Event } from '../events/event.ts'
import type { Feed } from '../events/feed.ts'
import type { Probe } from '../nodes/probe.ts'
import { clean } from '../text/clean.ts'
import { startClock } from './clock.ts'
import { createNodeWatches, type NodeTarget } from './node-watches.ts'
import { controlsOf, endOf, type Running, startWatches } from './parts.ts'
import { watchSelf } from './self.ts'
import { type Door, openSshDoor, type SshOptions } from './ssh-door.ts'
import { withoutCluster } from './without-cluster.ts'

/** Hosts to watch over ssh. */
export interface Hosts {
  readonly nodes: readonly (Omit<NodeTarget, 'connect'> & { readonly host: string })[]
  readonly options: SshOptions
  readonly door: Door
}

/** Live nodes, each over its own connection, and kntop itself. `probes`: what is sampled of them; all where nothing is said. */
export const liveFeed = (targets: readonly NodeTarget[], hosts?: Hosts, probes?: readonly Probe[]): Feed => {
  const running: Running = {}

  const targetsOf = async (
    { nodes, options, door }: Hosts,
    emit: (events: readonly Event[]) => void,
    now: () => number,
    signal: AbortSignal,
  ): Promise<readonly NodeTarget[]> => {
    for (const { node, transport } of nodes) {
      const link = { transport, state: 'connecting' as const, cause: clean('') }
      emit([{ type: 'link', subject: { node }, link, at: now() }])
    }
    running.ssh = await openSshDoor(options, door, emit, now, signal)
    const { connectTo } = running.ssh.fleet
    return nodes.map(({ host, ...target }) => ({ ...target, connect: connectTo(host) }))
  }

  return {
    async run(emit, signal) {
      const failing = new AbortController()
      const ending = AbortSignal.any([signal, failing.signal])
      const clock = startClock(emit, ending)
      const all = hosts === undefined ? targets : [...targets, ...(await targetsOf(hosts, emit, clock.now, ending))]
      const watches = createNodeWatches({
        ...{ emit, time: clock, signal: ending, onFailure: () => failing.abort() },
        ...(probes === undefined ? {} : { probes }),
      })
      startWatches(running, watches)
      for (const target of all) {
        watches.add(target)
        emit(withoutCluster(target.node))
      }
      try {
        await endOf([watchSelf(emit, ending), clock.done, watches.done], () => failing.abort())
      } finally {
        running.ssh?.fleet.close()
      }
    },
    ...controlsOf(running),
  }
}
