import { conntrackMetrics } from './catalogue/conntrack.ts'
import { corednsMetrics } from './catalogue/coredns.ts'
import { dnsMetrics } from './catalogue/dns.ts'
import { fdatasyncMetrics } from './catalogue/fdatasync.ts'
import { linkMetrics } from './catalogue/link.ts'
import { noiseMetrics } from './catalogue/noise.ts'
import { proxyMetrics } from './catalogue/proxy.ts'
import { rttMetrics } from './catalogue/rtt.ts'
import type { Metric } from './metric.ts'

const rows = [
  ...conntrackMetrics,
  ...fdatasyncMetrics,
  ...dnsMetrics,
  ...corednsMetrics,
  ...rttMetrics,
  ...linkMetrics,
  ...proxyMetrics,
  ...noiseMetrics,
] as const

/** The id of a metric in the catalogue, such as `conntrack.fill`. */
export type MetricId = (typeof rows)[number]['id']

/** A row of the catalogue whose id is known to be one of it. */
export interface CatalogueMetric extends Metric {
  readonly id: MetricId
}

/** Every metric, once, in the order in which lists show them. */
export const catalogue: readonly CatalogueMetric[] = rows

const positions: ReadonlyMap<string, number> = new Map(catalogue.map((metric, position) => [metric.id, position]))
const byId: Readonly<Record<string, CatalogueMetric>> = Object.fromEntries(
  catalogue.map((metric) => [metric.id, metric]),
)

/** The metric's position in the catalogue: its index in every array that holds one value per metric. */
export const positionOf = (id: MetricId): number => positions.get(id) ?? -1

export const isMetricId = (text: string): text is MetricId => positions.has(text)

/** The catalogue row of an id. */
export const metricOf = (id: MetricId): CatalogueMetric => {
  const metric = byId[id]
  if (metric === undefined) throw new Error(`no metric ${id} in the catalogue`)
  return metric
}
