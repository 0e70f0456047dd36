import type { Origin, Scope } from '../events/origin.ts'
import type { MetricId } from '../metrics/catalogue.ts'
import { clean } from '../text/clean.ts'
import { createMetricLists } from './metric-lists.ts'

export interface TierWords {
  readonly tier: string
  readonly metrics: readonly MetricId[]
  readonly scope?: Scope
}

/**
 * What the arbiters of one probe share, whichever node they are for: a thousand nodes have fourteen arbiters each, so that
 * each keeps a few numbers and references only. Metrics are numbered in the order in which the tiers name them.
 */
export interface ArbiterLayout {
  readonly tiers: readonly TierWords[]
  readonly metrics: readonly MetricId[]
  /** Number of a metric in `metrics`; -1: no tier gives it. */
  indexOf(metric: MetricId): number
  /** By the metric's number: the tiers that may give it, best first. */
  readonly able: readonly (readonly number[])[]
  /** By tier: the origin of its figures while there is nothing more to say of them. */
  readonly plain: readonly Origin[]
  /** These metrics as a set; the same one for the same metrics. */
  setOf(metrics: readonly MetricId[]): ReadonlySet<MetricId>
  /** The first so many metrics as a list that may be kept; the same one for the same metrics in the same order. */
  listOf(metrics: readonly MetricId[], count: number): readonly MetricId[]
}

export const layoutOf = (tiers: readonly TierWords[]): ArbiterLayout => {
  const metrics = [...new Set(tiers.flatMap((tier) => tier.metrics))]
  const numbers = new Map(metrics.map((metric, index) => [metric, index]))
  // Bounded by what tiers can be said to give: it grows by kinds of nodes, not by nodes.
  const sets = new Map<string, ReadonlySet<MetricId>>()
  return {
    tiers,
    metrics,
    indexOf: (metric) => numbers.get(metric) ?? -1,
    able: metrics.map((metric) => tiers.flatMap((tier, index) => (tier.metrics.includes(metric) ? [index] : []))),
    plain: tiers.map(({ tier, scope = 'host' }) => ({ tier: clean(tier), scope })),
    setOf(given) {
      const key = given.join(' ')
      const set = sets.get(key) ?? new Set(given)
      sets.set(key, set)
      return set
    },
    listOf: createMetricLists(),
  }
}
