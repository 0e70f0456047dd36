import { followDnsPods } from '../../cluster/coredns/pods.ts'
import type { WatchCorednsOptions } from '../../cluster/coredns/watch-coredns.ts'
import type { ClusterWatch, WatchClusterOptions } from '../../cluster/watch-cluster.ts'
import type { ClusterContext, ClusterIdentity } from '../../events/cluster.ts'
import type { Event } from '../../events/event.ts'
import type { Feed } from '../../events/feed.ts'
import type { Transport } from '../../events/link.ts'
import type { ProbeSettings } from '../../nodes/probe.ts'
import { clean } from '../../text/clean.ts'
import { startClock } from '../clock.ts'
import { createNodeWatches, type NodeWatches } from '../node-watches.ts'
import { watchSelf } from '../self.ts'
import { type Door, openSshDoor, type SshDoor, type SshOptions } from '../ssh-door.ts'
import { type Consent, createConsent, linesOf, questionOf, type SshSetting } from './consent.ts'
import type { KnownNodes } from './known-nodes.ts'
import { createNodeMemory } from './memory.ts'
import { createClusterNodes } from './nodes.ts'
import { type SignsOfLife, watchSignsOfLife } from './signs-of-life.ts'

/** A way to the API server, loaded when it is needed: the first picture does not wait for it. */
export interface ClusterDoor {
  watch(options: Omit<WatchClusterOptions, 'api' | 'namespaces'>): ClusterWatch
  /** What the cluster's DNS counts itself, until the signal aborts. */
  coredns(options: Omit<WatchCorednsOptions, 'api'>): Promise<void>
  close(): void
}

export interface ClusterFeedOptions {
  readonly identity: ClusterIdentity
  /** Those of the kubeconfig; none inside a cluster. */
  readonly contexts: readonly ClusterContext[]
  readonly open: () => Promise<ClusterDoor>
  readonly ssh: SshOptions
  readonly door: Door
  /** Whether nodes may be logged in to: by settings, and by an answer of an earlier run. */
  readonly setting: SshSetting
  readonly remembered: boolean
  readonly remember: () => void
  readonly known: KnownNodes
  /** The `nodes:` map of the configuration. */
  readonly map: Readonly<Record<string, string>>
  readonly transport: Transport
  readonly settings: ProbeSettings
  readonly optIns: ReadonlySet<string>
}

/** Ways that are shown with the question whether to log in. */
const shownWays = 8

/** A cluster as its API server tells of it, and its nodes, each over its own connection once that is allowed. */
export const clusterFeed = (options: ClusterFeedOptions): Feed => {
  let watches: NodeWatches | undefined
  let ssh: SshDoor | undefined
  let cluster: ClusterWatch | undefined
  let consent: Consent | undefined

  const ask = async (hosts: readonly string[], signal: AbortSignal): Promise<'yes' | 'no' | 'always'> => {
    if (ssh === undefined) return 'no'
    const { fleet, requests } = ssh
    const ways = await Promise.allSettled(hosts.slice(0, shownWays).map((host) => fleet.wayTo(host)))
    const known = ways.flatMap((way) => (way.status === 'fulfilled' ? [way.value] : []))
    const users = [...new Set(known.map(({ user }) => user))]
    const title = questionOf(
      options.identity.context ?? options.identity.server,
      hosts.length,
      users.length === 0 ? 'whom your ssh configuration names' : users.join(', '),
    )
    const lines = linesOf(
      known.map(({ route }) => route),
      hosts.length,
    )
    return requests.consent(
      title,
      lines.map((line) => clean(line)),
      signal,
    )
  }

  return {
    async run(emit, signal) {
      const failing = new AbortController()
      const ending = AbortSignal.any([signal, failing.signal])
      const clock = startClock(emit, ending)
      emit([{ type: 'cluster', identity: options.identity, contexts: options.contexts }])
      ssh = await openSshDoor(options.ssh, options.door, emit, clock.now, ending)
      let life: SignsOfLife | undefined
      const watched = (events: readonly Event[]): void => {
        emit(events)
        life?.heard(events)
      }
      watches = createNodeWatches({ emit: watched, time: clock, signal: ending, onFailure: () => failing.abort() })
      consent = createConsent({
        ...options,
        ask: () =>
          ask(
            nodes.known().map(({ id }) => options.map[id] ?? id),
            ending,
          ),
        changed: (standing) => nodes.become(standing),
      })
      const nodes = createClusterNodes(
        { ...options, watches, emit: watched, connectTo: ssh.fleet.connectTo, now: clock.now },
        consent.standing(),
      )
      let isListed = false
      const spread = (events: readonly Event[]): void => {
        watched(events)
        nodes.heard(events)
        // The question says how many they are.
        isListed ||= events.some(
          (event) => event.type === 'source' && event.source === 'nodes' && event.status.state !== 'starting',
        )
        if (isListed && nodes.known().length > 0) consent?.wanted()
      }
      const memory = createNodeMemory({ known: options.known, tell: spread })
      const dns = followDnsPods()
      const heard = (events: readonly Event[]): void => {
        spread(events)
        dns.heard(events)
        memory.heard(events, nodes.known)
      }
      const door = await options.open()
      cluster = door.watch({ emit: heard, now: clock.now, signal: ending })
      life = watchSignsOfLife((on) => cluster?.leases(on))
      const coredns = door.coredns({
        pods: dns.now,
        nodes: nodes.known,
        emit,
        now: clock.now,
        signal: ending,
      })
      const parts = [coredns, watchSelf(emit, ending), clock.done, watches.done, cluster.done]
      for (const part of parts) part.catch(() => failing.abort())
      const outcomes = await Promise.allSettled(parts)
      door.close()
      ssh.fleet.close()
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
      consent?.again()
      cluster?.retry()
      watches?.retry(nodes)
    },
  }
}
