import { addressesOf, identityOf } from '../../cluster/addresses.ts'
import type { Event } from '../../events/event.ts'
import type { Transport } from '../../events/link.ts'
import type { NodeRecord } from '../../events/records.ts'
import type { NodeName } from '../../events/subject.ts'
import type { Connect } from '../../nodes/connections/connection.ts'
import { connectInTurn } from '../../nodes/connections/in-turn.ts'
import { connectAsNode } from '../../nodes/identity/connect-as-node.ts'
import type { ProbeSettings } from '../../nodes/probe.ts'
import { clean } from '../../text/clean.ts'
import type { NodeWatches } from '../node-watches.ts'
import type { Standing } from './consent.ts'

export interface ClusterNodesOptions {
  readonly watches: NodeWatches
  readonly emit: (events: readonly Event[]) => void
  /** Connects to a host as `ssh HOST` would. */
  readonly connectTo: (host: string) => Connect
  /** The `nodes:` map of the configuration. */
  readonly map: Readonly<Record<string, string>>
  readonly transport: Transport
  readonly settings: ProbeSettings
  readonly optIns: ReadonlySet<string>
  readonly now: () => number
  /** Only nodes that something is asked of are watched. */
  readonly onlyAsked?: boolean
}

/** The nodes of a cluster as the API server tells of them: each is watched while it is there and may be. */
export interface ClusterNodes {
  heard(events: readonly Event[]): void
  /** Whether they may be logged in to. */
  become(standing: Standing): void
  /** Something is asked of these. */
  ask(nodes: readonly NodeName[]): void
  known(): readonly NodeRecord[]
}

export const createClusterNodes = (options: ClusterNodesOptions, first: Standing): ClusterNodes => {
  const { watches, emit, transport } = options
  const records = new Map<NodeName, NodeRecord>()
  const asked = new Set<NodeName>()
  let standing = first

  /** What the API says is looked at when it is needed: addresses and ids of a node change. */
  const connectTo = (node: NodeName): Connect => {
    const candidates = () => {
      const record = records.get(node)
      const addresses = record === undefined ? [] : addressesOf(record, options.map)
      return addresses.map(({ host }) => ({ name: host, connect: options.connectTo(host) }))
    }
    const identity = () => {
      const record = records.get(node)
      return record === undefined ? undefined : identityOf(record)
    }
    return connectAsNode(connectInTurn(candidates), node, identity, options.now)
  }

  const begin = (node: NodeName): void => {
    if (options.onlyAsked === true && !asked.has(node)) return
    if (standing.allowed) {
      const { settings, optIns } = options
      if (!watches.has(node)) watches.add({ node, transport, connect: connectTo(node), settings, optIns })
      return
    }
    const link = { transport, state: 'not-asked' as const, cause: clean(standing.why) }
    emit([{ type: 'link', subject: { node }, link, at: options.now() }])
  }

  const end = (node: NodeName): void => {
    records.delete(node)
    watches.remove(node)
    emit([{ type: 'node-gone', node }])
  }

  return {
    heard(events) {
      for (const event of events) {
        if (event.type !== 'record' || event.kind !== 'node') continue
        if (event.change === 'gone') {
          end(event.id)
          continue
        }
        const isNew = !records.has(event.record.id)
        records.set(event.record.id, event.record)
        if (isNew) begin(event.record.id)
      }
    },
    become(next) {
      standing = next
      for (const node of records.keys()) if (!watches.has(node)) begin(node)
    },
    ask(nodes) {
      for (const node of nodes) {
        if (asked.has(node)) continue
        asked.add(node)
        if (options.onlyAsked === true && records.has(node)) begin(node)
      }
    },
    known: () => [...records.values()],
  }
}
