import type { Event } from '../events/event.ts'
import type { Feed } from '../events/feed.ts'
import { clean } from '../text/clean.ts'
import { startClock } from './clock.ts'
import { createNodeWatches, type NodeTarget, type NodeWatches } from './node-watches.ts'
import { watchSelf } from './self.ts'
import { type Door, openSshDoor, type SshDoor, type SshOptions } from './ssh-door.ts'
import { withoutCluster } from './without-cluster.ts'

/** Hosts to watch over ssh. */
export interface Hosts {
  readonly nodes: readonly (Omit<NodeTarget, 'connect'> & { readonly host: string })[]
  readonly options: SshOptions
  readonly door: Door
}

/** Live nodes, each over its own connection, and kntop itself. */
export const liveFeed = (targets: readonly NodeTarget[], hosts?: Hosts): Feed => {
  let watches: NodeWatches | undefined
  let ssh: SshDoor | undefined

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
    ssh = await openSshDoor(options, door, emit, now, signal)
    const { connectTo } = ssh.fleet
    return nodes.map(({ host, ...target }) => ({ ...target, connect: connectTo(host) }))
  }

  return {
    async run(emit, signal) {
      const failing = new AbortController()
      const ending = AbortSignal.any([signal, failing.signal])
      const clock = startClock(emit, ending)
      const all = hosts === undefined ? targets : [...targets, ...(await targetsOf(hosts, emit, clock.now, ending))]
      watches = createNodeWatches({ emit, time: clock, signal: ending, onFailure: () => failing.abort() })
      for (const target of all) {
        watches.add(target)
        emit(withoutCluster(target.node))
      }
      const parts = [watchSelf(emit, ending), clock.done, watches.done]
      // A part that fails ends the others: whoever hears of it may rely on it that nothing runs any more.
      for (const part of parts) part.catch(() => failing.abort())
      const outcomes = await Promise.allSettled(parts)
      ssh?.fleet.close()
      const failure = outcomes.find((outcome) => outcome.status === 'rejected')
      if (failure !== undefined) throw failure.reason
    },
    optIn: (name, on, nodes) => watches?.optIn(name, on, nodes),
    async sampleNow() {
      await watches?.sampleNow()
    },
    answer: (id, answer) => ssh?.requests.answer(id, answer),
    retry(nodes) {
      ssh?.fleet.pressed()
      watches?.retry(nodes)
    },
  }
}
