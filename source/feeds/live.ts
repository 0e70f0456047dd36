import type { Event } from '../events/event.ts'
import type { Feed } from '../events/feed.ts'
import type { Fleet, FleetOptions } from '../nodes/connections/ssh/fleet.ts'
import { clean } from '../text/clean.ts'
import { startClock } from './clock.ts'
import { createNodeWatches, type NodeTarget, type NodeWatches } from './node-watches.ts'
import type { Requests } from './requests.ts'
import { watchSelf } from './self.ts'

/** Hosts to watch over ssh. */
export interface Hosts {
  readonly nodes: readonly (Omit<NodeTarget, 'connect'> & { readonly host: string })[]
  readonly options: Omit<FleetOptions, 'ask' | 'decide' | 'now' | 'signal'>
  /** Whether there is somebody who can be asked for a passphrase or about a key. */
  readonly door: 'person' | 'headless'
}

/** Live nodes, each over its own connection, and kntop itself. */
export const liveFeed = (targets: readonly NodeTarget[], hosts?: Hosts): Feed => {
  let watches: NodeWatches | undefined
  let requests: Requests | undefined
  let fleet: Fleet | undefined

  /** Everything about ssh is loaded when it is needed: the first picture does not wait for it. */
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
    const [{ createFleet }, { createRequests }] = await Promise.all([
      import('../nodes/connections/ssh/fleet.ts'),
      import('./requests.ts'),
    ])
    requests = createRequests(emit)
    const person = door === 'person' ? requests : undefined
    fleet = await createFleet({ ...options, ask: person?.ask, decide: person?.decide, now, signal })
    const { connectTo } = fleet
    return nodes.map(({ host, ...target }) => ({ ...target, connect: connectTo(host) }))
  }

  return {
    async run(emit, signal) {
      const failing = new AbortController()
      const ending = AbortSignal.any([signal, failing.signal])
      const clock = startClock(emit, ending)
      const all = hosts === undefined ? targets : [...targets, ...(await targetsOf(hosts, emit, clock.now, ending))]
      watches = createNodeWatches({ emit, time: clock, signal: ending, onFailure: () => failing.abort() })
      for (const target of all) watches.add(target)
      const parts = [watchSelf(emit, ending), clock.done, watches.done]
      // A part that fails ends the others: whoever hears of it may rely on it that nothing runs any more.
      for (const part of parts) part.catch(() => failing.abort())
      const outcomes = await Promise.allSettled(parts)
      fleet?.close()
      const failure = outcomes.find((outcome) => outcome.status === 'rejected')
      if (failure !== undefined) throw failure.reason
    },
    optIn: (name, on, nodes) => watches?.optIn(name, on, nodes),
    async sampleNow() {
      await watches?.sampleNow()
    },
    answer: (id, answer) => requests?.answer(id, answer),
    retry(nodes) {
      fleet?.pressed()
      watches?.retry(nodes)
    },
  }
}
