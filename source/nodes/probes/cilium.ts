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

/** Labels the conntrack figures of a node where Cilium runs, and those of one where it ran until now no longer. */
export const tellCilium = (taken: Taken, cilium: boolean): void => {
  const details = new Map<MetricId, Detail>()
  for (const metric of taken.metrics) {
    const here = withoutLevels.has(metric) ? unjudged : netfilterOnly
    details.set(metric, cilium ? here : plain)
  }
  taken.details = details
}

/** Whether Cilium was seen when the take was last read. */
export const ciliumSeen = (section: Section, take: string): boolean =>
  section.there(take) && (section.lines(take) ?? []).length > 0
