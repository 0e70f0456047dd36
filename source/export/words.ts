import type { Missing } from '../events/origin.ts'
import { type CatalogueMetric, catalogue, metricOf } from '../metrics/catalogue.ts'
import { clusterNode } from '../store/cluster-node.ts'
import type { Crossing } from '../store/crossings.ts'
import type { Figure } from '../store/reading.ts'
import type { NodeView, Snapshot } from '../store/snapshot.ts'
import { type Clean, clean, joinClean } from '../text/clean.ts'
import { formatAge, formatValue, type Unit } from '../text/units.ts'

/** A metric of a node that has a figure. */
export interface Measured {
  readonly metric: CatalogueMetric
  readonly figure: Figure
}

/** Metrics of a node that are missing for one and the same reason. */
export interface Gap {
  readonly missing: Missing
  readonly advice: Clean
  readonly titles: readonly Clean[]
}

/** What a node has and what it lacks, in the order of the catalogue; gaps of one reason stand together. */
export const sorted = (node: NodeView): { readonly measured: readonly Measured[]; readonly gaps: readonly Gap[] } => {
  const measured: Measured[] = []
  const gaps = new Map<string, Gap>()
  for (const metric of catalogue) {
    const figure = node.reading(metric.id)
    if (figure.kind !== 'missing') {
      measured.push({ metric, figure })
      continue
    }
    const { missing, advice } = figure
    const key = `${missing} ${advice}`
    const titles = [...(gaps.get(key)?.titles ?? []), clean(metric.title)]
    gaps.set(key, { missing, advice, titles })
  }
  return { measured, gaps: [...gaps.values()] }
}

const marks = { below: '<', above: '>' } as const

/** `97.4%`; `<1ms` where the true value lies below what the histogram can tell. */
export const valueWords = ({ value, bound }: Figure, unit: Unit): Clean => {
  const text = formatValue(value, unit)
  return bound === undefined || text.startsWith('<') ? text : clean(`${marks[bound]}${text}`)
}

/** The band, or why there is none, or how old the figure is. */
export const stateWords = ({ kind, age, band, unjudged }: Figure): Clean =>
  kind === 'stale' ? clean(`stale ${formatAge(age)}`) : clean(unjudged ?? band)

/** The value of a crossing; `0/s, ending, was 3.41k/s` where it lingers. */
export const crossingWords = ({ metric, value, peak, ending }: Crossing): Clean => {
  const { unit } = metricOf(metric)
  const now = formatValue(value, unit)
  return ending ? clean(`${now}, ending, was ${formatValue(peak, unit)}`) : now
}

/** How it was taken, whose it is, and what stands behind it: `ss, host, 12 samples`. */
export const originWords = ({ tier, scope, namespaces, observations }: Figure): Clean =>
  joinClean(
    [
      tier,
      clean(namespaces === undefined ? scope : `${scope} (${namespaces.read} of ${namespaces.of} namespaces)`),
      ...(observations === undefined ? [] : [clean(`${Math.round(observations)} samples`)]),
    ],
    ', ',
  )

/** How a node is watched and what is known of it: `local, live` and its facts. */
export const linkWords = ({ link }: NodeView): Clean => {
  if (link === undefined) return clean('not connected yet')
  const state = clean(`${link.transport}, ${link.state}`)
  const why = [link.cause, link.remark ?? clean('')].filter((part) => part !== '')
  return why.length === 0 ? state : joinClean([state, joinClean(why, '; ')], ': ')
}

/** What the API server says of a node: `ready yes, kubelet v1.34.1, 12 pods`; undefined where it says nothing. */
export const kubernetesWords = (snapshot: Snapshot, { name }: NodeView): Clean | undefined => {
  const node = clusterNode(snapshot, name)
  if (node === undefined) return undefined
  const { record, age, readyAge, leaseAge, pods } = node
  const since = record.ready === 'yes' || Number.isNaN(readyAge) ? '' : ` for ${formatAge(readyAge)}`
  const parts = [
    `ready ${record.ready}${since}${record.reason === '' ? '' : ` (${record.reason})`}`,
    ...record.troubles.map(({ type }) => type),
    ...(record.unschedulable ? ['cordoned'] : []),
    ...(Number.isNaN(leaseAge) ? [] : [`kubelet heard of ${formatAge(leaseAge)} ago`]),
    ...(record.kubelet === '' ? [] : [`kubelet ${record.kubelet}`]),
    ...(pods === undefined
      ? []
      : [`${pods.isWhole ? '' : 'at least '}${pods.count} ${pods.count === 1 ? 'pod' : 'pods'}`]),
    ...(age > 0 ? [`as of ${formatAge(age)} ago`] : []),
  ]
  return clean(parts.join(', '))
}
