import type { MetricId } from '../../metrics/catalogue.ts'
import { clean } from '../../text/clean.ts'
import type { Section } from '../probe.ts'
import type { Rows } from '../sampler/take.ts'
import type { Detail, Taken } from '../taken.ts'

/** The interface that Cilium makes on every node. It keeps pod connections in maps of its own, beside netfilter's table. */
export const ciliumInterface = {
  kind: 'rows',
  file: '/proc/net/dev',
  begin: ['cilium_host:'],
  fields: [1],
  every: 5,
} as const satisfies Rows & { every: 5 }

const netfilterOnly: Detail = { words: clean('netfilter only') }
const unjudged: Detail = { ...netfilterOnly, unjudged: true }
const plain: Detail = {}

// A drop or an eviction is a lost packet or flow whoever keeps the other connections: only the fill means nothing then.
const withoutLevels: ReadonlySet<MetricId> = new Set(['conntrack.fill'])

const labelOf = (metric: MetricId, cilium: boolean): Detail => {
  if (!cilium) return plain
  return withoutLevels.has(metric) ? unjudged : netfilterOnly
}

const saysAll = (said: Taken['details'], { metrics, count }: Taken, cilium: boolean): boolean => {
  for (let index = 0; index < count; index += 1) {
    const metric = metrics[index]
    if (metric !== undefined && said.get(metric) !== labelOf(metric, cilium)) return false
  }
  return true
}

/**
 * Labels the conntrack figures of a node where Cilium runs, and those of one where it ran until now no longer. `said`: what
 * was said of it before, which is said again where that is all.
 */
export const tellCilium = (taken: Taken, cilium: boolean, said: Taken['details'] = new Map()): void => {
  if (taken.count === 0) return
  taken.details = saysAll(said, taken, cilium)
    ? said
    : new Map(taken.metrics.slice(0, taken.count).map((metric) => [metric, labelOf(metric, cilium)]))
}

/** Whether Cilium was seen when the take was last read. */
export const ciliumSeen = (section: Section, take: string): boolean =>
  section.there(take) && (section.lines(take) ?? []).length > 0
