import type { ClusterContext, ClusterIdentity } from '../events/cluster.ts'
import type { Event } from '../events/event.ts'
import type { Link } from '../events/link.ts'
import type { NodeName, Subject } from '../events/subject.ts'
import { positionOf } from '../metrics/catalogue.ts'
import { type Applying, applySample } from './apply-sample.ts'
import { estimate } from './estimate.ts'
import { createNodeState, type Era, type NodeState, writable } from './node-state.ts'
import type { Now } from './now.ts'
import { setOrigin } from './origins.ts'
import { podTableAfter } from './pod-figures.ts'
import { createRecords } from './records.ts'
import { named, type Reports, withReport } from './reports.ts'
import { type Requests, withoutRequest, withRequest } from './requests.ts'
import { makeRules, type Thresholds } from './rules.ts'
import { createSeriesPool } from './series-pool.ts'
import { createSnapshot, type Self, type Snapshot } from './snapshot.ts'
import { noSources, type Sources, withSource } from './sources.ts'

export interface StoreSettings {
  /** The most that all series together take, in bytes; 64 MB unless said otherwise. */
  readonly historyBytes?: number
  /** Levels in place of the catalogue's: a metric named here has these and no others. */
  readonly thresholds?: Thresholds
}

/** The model of everything that is watched. Events go in, snapshots come out, and nothing else. */
export interface Store {
  /** Applies events in order. Events of one node's metric that are older than what is known are left out. */
  apply(events: readonly Event[]): void
  /** What is known now; the same object until something is applied. */
  snapshot(): Snapshot
  /**
   * Nobody reads that snapshot any more, nor a copy of it: what it holds of nodes is written anew. Whoever takes one every second
   * for long gives it back.
   */
  release(snapshot: Snapshot): void
}

const defaultHistoryBytes = 64 * 1024 * 1024

/** A store that knows nothing yet. */
export const createStore = ({ historyBytes = defaultHistoryBytes, thresholds = {} }: StoreSettings = {}): Store => {
  const states = new Map<NodeName, NodeState>()
  const rules = makeRules(thresholds)
  let withHistory = 0
  const pool = createSeriesPool(historyBytes, () => states.size / Math.max(1, withHistory))
  let now: Now = { at: 0, wall: 0, late: 0 }
  let self: Self | undefined
  let cluster: ClusterIdentity | undefined
  let contexts: readonly ClusterContext[] = []
  let requests: Requests = new Map()
  let reports: Reports = new Map()
  const records = createRecords()
  let sources: Sources = noSources
  const read = new Set<number>()
  let next = 0
  const era: Era = {
    get next() {
      return next
    },
    isRead(first, last) {
      for (let number = first; number <= last; number++) if (read.has(number)) return true
      return false
    },
  }
  const applying: Applying = { pool, rules, era }
  let latest: Snapshot | undefined

  const stateOf = (name: NodeName): NodeState => {
    const known = states.get(name)
    if (known !== undefined) return known
    const state = createNodeState(name, era)
    states.set(name, state)
    return state
  }

  // Figures of kntop itself come as `self` events; no metric of the catalogue is about it.
  const nodeOf = (subject: Subject): NodeState | undefined => ('node' in subject ? stateOf(subject.node) : undefined)

  const applyEvent = (event: Event): void => {
    switch (event.type) {
      case 'sample': {
        const state = nodeOf(event.subject)
        if (state === undefined) return
        if (!state.sampled) withHistory++
        state.sampled = true
        applySample(applying, state, event)
        estimate(applying, state, event)
        return
      }
      case 'origin': {
        const state = nodeOf(event.subject)
        if (state !== undefined) setOrigin(state, positionOf(event.metric), event.origin, era)
        return
      }
      case 'node-gone': {
        const state = states.get(event.node)
        if (state === undefined) return
        states.delete(event.node)
        if (state.sampled) withHistory--
        for (const series of state.history) if (series !== undefined) pool.release(series)
        return
      }
      case 'link': {
        const state = nodeOf(event.subject)
        if (state !== undefined) setLink(state, event.link, event.at, era)
        return
      }
      case 'fact': {
        const state = nodeOf(event.subject)
        if (state === undefined) return
        const data = writable(state, era)
        data.facts = new Map(data.facts).set(event.fact, event.value)
        return
      }
      case 'opt-in': {
        const data = writable(stateOf(event.node), era)
        data.optIns = new Map(data.optIns).set(event.status.name, event.status)
        return
      }
      case 'tally': {
        const data = writable(stateOf(event.node), era)
        data.tallies = new Map(data.tallies).set(event.what, event)
        return
      }
      case 'sockets':
        writable(stateOf(event.node), era).sockets = event
        return
      case 'pod-figures': {
        const data = writable(stateOf(event.node), era)
        data.pods = podTableAfter(data.pods, event, rules)
        return
      }
      case 'clock':
        now = { at: event.at, wall: event.wall, late: event.late }
        return
      case 'cluster':
        cluster = event.identity
        contexts = event.contexts
        return
      case 'self':
        self = { cpu: event.cpu, memory: event.memory }
        return
      case 'record':
        records.apply(event)
        return
      case 'source':
      case 'api':
        sources = withSource(sources, event)
        return
      case 'request':
        requests = withRequest(requests, event.request)
        return
      case 'report':
        // By the records of this moment, whatever else comes before the next snapshot.
        reports = named(withReport(reports, event.key, event.report), { records: records.view, sources, cluster })
        return
      case 'request-gone':
        requests = withoutRequest(requests, event.id)
        return
    }
  }

  return {
    apply(events) {
      if (events.length > 0) latest = undefined
      for (const event of events) applyEvent(event)
    },
    snapshot() {
      if (latest === undefined) {
        const [held, history] = [records.view(), pool.history()]
        reports = named(reports, { records: () => held, sources, cluster })
        const shared = { rules, self, cluster, contexts, requests, reports, sources }
        latest = createSnapshot({ ...shared, now, number: next, states, records: held, history })
        read.add(next)
        next++
      }
      return latest
    },
    release({ number }) {
      read.delete(number)
      if (latest?.number === number) latest = undefined
    },
  }
}

const setLink = (state: NodeState, link: Link, at: number, era: Era): void => {
  const data = writable(state, era)
  // A new attempt is no recovery: a node that fails again and again must not flicker, and has been away since it was first.
  const isDown = link.state === 'connecting' ? data.down : link.state !== 'live' && link.state !== 'not-asked'
  if (isDown !== data.down || (!isDown && link.state !== data.link?.state)) data.linkAt = at
  data.link = link
  data.down = isDown
}
