import type { LinkState, Transport } from '../events/link.ts'
import type { Missing, Scope } from '../events/origin.ts'
import { catalogue, type MetricId, metricOf } from '../metrics/catalogue.ts'
import type { FactId } from '../metrics/facts.ts'
import type { Band } from '../metrics/metric.ts'
import type { Reading } from '../store/reading.ts'
import type { NodeView, Snapshot } from '../store/snapshot.ts'
import type { Unit } from '../text/units.ts'
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
}

export interface JsonSnapshot {
  readonly schema: typeof schemaName
  /** When this was so, ISO 8601 in UTC. */
  readonly at: string
  /** The Kubernetes context; null without one. */
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
}

const noTime = new Date(0).toISOString()
const notFinite: JsonMissing = { missing: 'no-data', advice: 'the last reading was no finite number' }

const optional = <Key extends string, Value>(key: Key, value: Value | undefined): { readonly [K in Key]?: Value } =>
  (value === undefined ? {} : { [key]: value }) as { readonly [K in Key]?: Value }

/** A reading in the shape of the contract. */
export const jsonReading = (reading: Reading, unit: Unit): JsonReading => {
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

const jsonNode = (node: NodeView): JsonNode => ({
  name: node.name,
  link: jsonLink(node),
  facts: Object.fromEntries(node.facts),
  readings: Object.fromEntries(
    catalogue.map(({ id, unit }) => [id, jsonReading(node.reading(id), unit)]),
  ) as JsonNode['readings'],
})

/** A snapshot in the shape of the contract: every node, each with every metric of the catalogue. */
export const jsonSnapshot = (snapshot: Snapshot, context: string | null = null): JsonSnapshot => ({
  schema: schemaName,
  at: isoTime(snapshot.wall) ?? noTime,
  context,
  nodes: Array.from(snapshot.nodes.values(), jsonNode),
  crossings: snapshot.crossings.map(({ node, metric, value, band, since, peak, ending }) => ({
    ...{ node, metric, value: rounded(value) ?? 0, unit: metricOf(metric).unit, band, since: isoTime(since) ?? noTime },
    peak: rounded(peak) ?? 0,
    ...optional('ending', ending),
  })),
})

/** A snapshot as JSON on one line, without a line end. */
export const jsonText = (snapshot: Snapshot, context: string | null = null): string =>
  JSON.stringify(jsonSnapshot(snapshot, context))
