import { followDnsPods } from '../../cluster/coredns/pods.ts'
import type { WatchCorednsOptions } from '../../cluster/coredns/watch-coredns.ts'
import type { ClusterWatch, WatchClusterOptions } from '../../cluster/watch-cluster.ts'
import type { ClusterContext, ClusterIdentity } from '../../events/cluster.ts'
import type { Event } from '../../events/event.ts'
import type { Feed } from '../../events/feed.ts'
import type { Transport } from '../../events/link.ts'
import type { ProbeSettings } from '../../nodes/probe.ts'
import { startClock } from '../clock.ts'
import { createNodeWatches } from '../node-watches.ts'
import { controlsOf, endOf, type Running, startWatches } from '../parts.ts'
import { watchSelf } from '../self.ts'
import { type Door, openSshDoor, type SshOptions } from '../ssh-door.ts'
import { askConsent } from './ask-consent.ts'
import { type Consent, createConsent, type SshSetting } from './consent.ts'
import type { KnownNodes } from './known-nodes.ts'
import { createNodeMemory } from './memory.ts'
import { type ClusterNodes, createClusterNodes } from './nodes.ts'
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
  /** Only nodes that something is asked of are logged in to, and nothing is sampled there. */
  readonly onlyAsked?: boolean
}

/** A cluster as its API server tells of it, and its nodes, each over its own connection once that is allowed. */
export const clusterFeed = (options: ClusterFeedOptions): Feed => {
  const running: Running = {}
  const controls = controlsOf(running)
  let cluster: ClusterWatch | undefined
  let consent: Consent | undefined
  let nodes: ClusterNodes | undefined

  return {
    async run(emit, signal) {
      const failing = new AbortController()
      const ending = AbortSignal.any([signal, failing.signal])
      const clock = startClock(emit, ending)
      emit([{ type: 'cluster', identity: options.identity, contexts: options.contexts }])
      const ssh = await openSshDoor(options.ssh, options.door, emit, clock.now, ending)
      running.ssh = ssh
      let life: SignsOfLife | undefined
      const watched = (events: readonly Event[]): void => {
        emit(events)
        life?.heard(events)
      }
      const watches = createNodeWatches({
        emit: watched,
        time: clock,
        signal: ending,
        onFailure: () => failing.abort(),
        ...(options.onlyAsked === true ? { probes: [] } : {}),
      })
      startWatches(running, watches)
      consent = createConsent({
        ...options,
        ask: () =>
          askConsent(
            ssh,
            options.identity,
            (nodes?.known() ?? []).map(({ id }) => options.map[id] ?? id),
            ending,
          ),
        changed: (standing) => nodes?.become(standing),
      })
      const own = createClusterNodes(
        { ...options, watches, emit: watched, connectTo: ssh.fleet.connectTo, now: clock.now },
        consent.standing(),
      )
      nodes = own
      own.ask((running.inquiries ?? []).map(({ node }) => node))
      let isListed = false
      const spread = (events: readonly Event[]): void => {
        watched(events)
        own.heard(events)
        // The question says how many they are.
        isListed ||= events.some(
          (event) => event.type === 'source' && event.source === 'nodes' && event.status.state !== 'starting',
        )
        if (isListed && own.known().length > 0) consent?.wanted()
      }
      const memory = createNodeMemory({ known: options.known, tell: spread })
      const dns = followDnsPods()
      const heard = (events: readonly Event[]): void => {
        spread(events)
        dns.heard(events)
        memory.heard(events, own.known)
      }
      let door: ClusterDoor | undefined
      try {
        door = await options.open()
        cluster = door.watch({ emit: heard, now: clock.now, signal: ending })
        life = watchSignsOfLife((on) => cluster?.leases(on))
        const coredns =
          options.onlyAsked === true
            ? []
            : [door.coredns({ pods: dns.now, nodes: own.known, emit, now: clock.now, signal: ending })]
        const parts = [...coredns, watchSelf(emit, ending), clock.done, watches.done, cluster.done]
        await endOf(parts, () => failing.abort())
      } finally {
        // Also what began before the way to the API server could not be opened.
        failing.abort()
        door?.close()
        ssh.fleet.close()
      }
    },
    ...controls,
    inquire(inquiries) {
      controls.inquire(inquiries)
      nodes?.ask(inquiries.map(({ node }) => node))
    },
    retry(which) {
      consent?.again()
      cluster?.retry()
      controls.retry(which)
    },
  }
}
