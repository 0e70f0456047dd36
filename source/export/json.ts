import type { LinkState, Transport } from '../events/link.ts'
import type { Missing, Scope } from '../events/origin.ts'
import type { NodeAddress, NodeRecord } from '../events/records.ts'
import type { NodeName } from '../events/subject.ts'
import { catalogue, type MetricId, metricOf } from '../metrics/catalogue.ts'
import type { FactId } from '../metrics/facts.ts'
import type { Band } from '../metrics/metric.ts'
import { clusterNode } from '../store/cluster-node.ts'
import type { Reading } from '../store/reading.ts'
import type { NodeView, Snapshot } from '../store/snapshot.ts'
import { serverAge } from '../store/sources.ts'
import type { Unit } from '../text/units.ts'
import { type JsonPod, jsonPods } from './json-pods.ts'
import { type JsonServices, jsonServices } from './json-services.ts'
import { isoTime, rounded, seconds } from './number.ts'

/** The name of the shape; a change of meaning is a new one. */
export const schemaName = 'kntop/v1'

/** A figure of a node. Ages and windows are seconds; `samples` counts observations, for a share its denominator. */
export interface JsonFigure {
  readonly value: number
  readonly unit: Unit
  readonly tier: string
  readonly scope: Scope
  readonly namespaces?: { readonly read: number; readonly of: number }
  readonly age: number
  readonly band: Band
  /** Too old to be of now, or of a node that is not watched any more. */
  readonly stale?: true
  readonly samples?: number
  readonly window?: number
  readonly bound?: 'below' | 'above'
}

export interface JsonMissing {
  readonly missing: Missing
  readonly advice: string
}

export type JsonReading = JsonFigure | JsonMissing

/** What the API server says of a node. Ages are seconds. */
export interface JsonKubernetes {
  readonly ready: NodeRecord['ready']
  /** Why it is not ready. */
  readonly reason?: string
  /** Since when it is, or is not, ready. */
  readonly since?: string
  /** Seconds since the server told of it last, where it does not tell of changes now. */
  readonly stale?: number
  readonly kubelet?: string
  /** How many pods are on it; only where those of all namespaces may be read. */
  readonly pods?: number
  /** Seconds since its kubelet was heard of; read only while some node has no live connection. */
  readonly leaseAge?: number
  readonly unschedulable?: true
  readonly roles: readonly string[]
  readonly addresses: readonly { readonly type: NodeAddress['type']; readonly address: string }[]
  /** Pressures, and a network that is not set up. */
  readonly troubles: readonly { readonly type: string; readonly reason: string; readonly since?: string }[]
}

export interface JsonNode {
  readonly name: string
  /** Null before anything was said of the connection. */
  readonly link: {
    readonly transport: Transport
    readonly state: LinkState
    readonly since: string
    /** Why it is not live. */
    readonly cause?: string
    /** Which way it takes. */
    readonly route?: string
    /** What is odd while it lives. */
    readonly remark?: string
  } | null
  readonly facts: Readonly<Partial<Record<FactId, string>>>
  readonly readings: Readonly<Record<MetricId, JsonReading>>
  /** Only where a cluster is watched, and its API server told of this node. */
  readonly kubernetes?: JsonKubernetes
  /** Its pods that have figures of their own. */
  readonly pods?: readonly JsonPod[]
}

export interface JsonSnapshot {
  readonly schema: typeof schemaName
  /** When this was so, ISO 8601 in UTC. */
  readonly at: string
  /** The Kubernetes context; null without one, and inside a cluster. */
  readonly context: string | null
  readonly nodes: readonly JsonNode[]
  readonly crossings: readonly {
    readonly node: string
    readonly metric: MetricId
    readonly value: number
    readonly unit: Unit
    readonly band: Band
    readonly since: string
    /** The worst value since then. */
    readonly peak: number
    /** The value is past the line at which the band ends: it stays a while, so that a burst is seen. */
    readonly ending?: true
  }[]
  /** Round-trip times of services; only where some node tells the sockets of its pods, and services are known. */
  readonly services?: JsonServices
}

const noTime = new Date(0).toISOString()
const notFinite: JsonMissing = { missing: 'no-data', advice: 'the last reading was no finite number' }

const optional = <Key extends string, Value>(key: Key, value: Value | undefined): { readonly [K in Key]?: Value } =>
  (value === undefined ? {} : { [key]: value }) as { readonly [K in Key]?: Value }

/** A reading in the shape of the contract. */
const jsonReading = (reading: Reading, unit: Unit): JsonReading => {
  if (reading.kind === 'missing') return { missing: reading.missing, advice: reading.advice }
  const value = rounded(reading.value)
  if (value === undefined) return notFinite
  const { tier, scope, band } = reading
  return {
    ...{ value, unit, tier, scope },
    ...optional('namespaces', reading.namespaces),
    age: seconds(reading.age) ?? 0,
    band,
    ...(reading.kind === 'stale' ? { stale: true } : {}),
    ...optional('samples', rounded(reading.observations ?? Number.NaN)),
    ...optional('window', seconds(reading.window ?? Number.NaN)),
    ...optional('bound', reading.bound),
  }
}

const jsonLink = ({ link, linkSince }: NodeView): JsonNode['link'] => {
  if (link === undefined) return null
  const { transport, state, cause, route, remark } = link
  return {
    ...{ transport, state, since: isoTime(linkSince) ?? noTime },
    ...optional('cause', cause === '' ? undefined : cause),
    ...optional('route', route),
    ...optional('remark', remark),
  }
}

/** A time of the API server by our clock. */
const serverTime = (snapshot: Snapshot, time: number): string | undefined =>
  isoTime(snapshot.wall - serverAge(time, snapshot.sources, snapshot) * 1000)

const jsonKubernetes = (snapshot: Snapshot, name: NodeName): JsonKubernetes | undefined => {
  const node = clusterNode(snapshot, name)
  if (node === undefined) return undefined
  const { record, age, leaseAge, pods } = node
  const { ready, reason, readySince, kubelet, unschedulable, roles, addresses, troubles } = record
  return {
    ready,
    ...optional('reason', reason === '' ? undefined : reason),
    ...optional('since', serverTime(snapshot, readySince)),
    ...optional('stale', age > 0 ? seconds(age) : undefined),
    ...optional('kubelet', kubelet === '' ? undefined : kubelet),
    ...optional('pods', pods?.isWhole === true ? pods.count : undefined),
    ...optional('leaseAge', seconds(leaseAge)),
    ...(unschedulable ? { unschedulable } : {}),
    roles,
    addresses: addresses.map(({ type, text }) => ({ type, address: text })),
    troubles: troubles.map(({ type, reason: why, since }) => ({
      ...{ type, reason: why },
      ...optional('since', serverTime(snapshot, since)),
    })),
  }
}

const jsonNode = (snapshot: Snapshot, node: NodeView): JsonNode => ({
  name: node.name,
  link: jsonLink(node),
  facts: Object.fromEntries(node.facts),
  readings: Object.fromEntries(
    catalogue.map(({ id, unit }) => [id, jsonReading(node.reading(id), unit)]),
  ) as JsonNode['readings'],
  ...optional('kubernetes', jsonKubernetes(snapshot, node.name)),
  ...optional('pods', jsonPods(snapshot, node.name)),
})

/** A snapshot in the shape of the contract: every node, each with every metric of the catalogue. */
export const jsonSnapshot = (snapshot: Snapshot): JsonSnapshot => ({
  schema: schemaName,
  at: isoTime(snapshot.wall) ?? noTime,
  context: snapshot.cluster?.context ?? null,
  nodes: Array.from(snapshot.nodes.values(), (node) => jsonNode(snapshot, node)),
  crossings: snapshot.crossings.map(({ node, metric, value, band, since, peak, ending }) => ({
    ...{ node, metric, value: rounded(value) ?? 0, unit: metricOf(metric).unit, band, since: isoTime(since) ?? noTime },
    peak: rounded(peak) ?? 0,
    ...optional('ending', ending),
  })),
  ...optional('services', jsonServices(snapshot)),
})

/** A snapshot as JSON on one line, without a line end. */
export const jsonText = (snapshot: Snapshot): string => JSON.stringify(jsonSnapshot(snapshot))
