import type { NodeName } from '../../events/subject.ts'
import type { Band } from '../../metrics/metric.ts'
import { type ClusterNode, clusterNode } from '../../store/cluster-node.ts'
import type { NodeView, Snapshot } from '../../store/snapshot.ts'
import type { Segment, Style } from '../../text/colour.ts'
import { formatAge } from '../../text/units.ts'
import { segment } from '../lines.ts'
import { perSnapshot } from '../per-snapshot.ts'

const memory = perSnapshot(() => new Map<NodeName, ClusterNode | undefined>())

/** What the API server says of a node, worked out once for each snapshot. */
export const clusterNodeOf = (snapshot: Snapshot, node: NodeName): ClusterNode | undefined => {
  const known = memory(snapshot)
  if (known.has(node)) return known.get(node)
  const found = clusterNode(snapshot, node)
  known.set(node, found)
  return found
}

/** A node that is not ready, or of which the control plane has not heard, is as bad as one that was lost. */
export const isUnready = (node: ClusterNode | undefined): boolean => node !== undefined && node.record.ready !== 'yes'

/** The worst of a node: of its figures and its link, and of what the API server says of it. */
export const worstOf = (snapshot: Snapshot, node: NodeName): Band =>
  isUnready(clusterNodeOf(snapshot, node)) ? 'critical' : snapshot.worst(node)

/** Whether a node was lost, or is not ready: that stands before what its figures say, in the header and in tables. */
export const isDown = (snapshot: Snapshot, node: NodeView): boolean =>
  node.isLost || isUnready(clusterNodeOf(snapshot, node.name))

/** Words for an age that may not be known. */
export const ageWords = (age: number): string => (Number.isNaN(age) ? '?' : formatAge(age))

/** `12`; `12+` where not all namespaces may be read; `?` where none is. */
export const podWords = ({ pods }: ClusterNode): string => {
  if (pods === undefined) return '?'
  return pods.isWhole ? String(pods.count) : `${pods.count}+`
}

const readyStyle = ({ record, age }: ClusterNode): Style => {
  if (age > 0) return 'stale'
  if (record.ready !== 'yes') return 'critical'
  return record.troubles.length > 0 ? 'warning' : record.unschedulable ? 'note' : 'plain'
}

/** What is to be known besides that a node is ready. */
const besides = ({ troubles, unschedulable, deleting }: ClusterNode['record']): readonly string[] => [
  ...troubles.map(({ type }) => type),
  ...(unschedulable ? ['cordoned'] : []),
  ...(deleting ? ['being deleted'] : []),
]

/** Whether a node is ready, from the fullest form to the shortest. */
export const readyForms = (node: ClusterNode): readonly string[] => {
  const { record, leaseAge, age } = node
  const past = age > 0 ? '~' : ''
  const more = besides(record).map((word) => ` ${word}`)
  if (record.ready === 'yes') return [`${past}yes${more.join('')}`, `${past}yes`]
  if (record.ready === 'no') return [`${past}no ${[record.reason, ...more].join('').trim()}`, `${past}no`]
  const lease = Number.isNaN(leaseAge) ? '' : ` ${formatAge(leaseAge)}`
  return [`${past}unknown${lease}${more.join('')}`, `${past}unknown${lease}`, `${past}?${lease}`]
}

/** Whether a node is ready, as fully as `width` cells allow. */
export const readyCell = (node: ClusterNode, width: number): Segment => {
  const forms = readyForms(node)
  return segment(forms.find(({ length }) => length <= width) ?? forms.at(-1) ?? '', readyStyle(node))
}

/** One line on what the API server says of a node: what is wrong first. */
export const nodeLine = (node: ClusterNode): readonly Segment[] => {
  const { record, age, readyAge, leaseAge } = node
  const { ready, reason, troubles, unschedulable, deleting, roles, kubelet } = record
  const state = ready === 'yes' ? 'ready' : ready === 'no' ? 'not ready' : 'ready unknown'
  const since = Number.isNaN(readyAge) ? '' : ` for ${formatAge(readyAge)}`
  const words = [
    ...(Number.isNaN(leaseAge) ? [] : [`kubelet heard ${formatAge(leaseAge)} ago`]),
    `${podWords(node)} ${node.pods?.count === 1 ? 'pod' : 'pods'}`,
    ...(kubelet === '' ? [] : [kubelet]),
    ...roles,
  ]
  return [
    segment(`${state}${since}${reason === '' ? '' : `: ${reason}`}`, ready === 'yes' ? 'ok' : 'critical'),
    ...troubles.map(({ type, reason: why }) => segment(`, ${type}${why === '' ? '' : ` (${why})`}`, 'warning')),
    ...(unschedulable ? [segment(', cordoned', 'note')] : []),
    ...(deleting ? [segment(', being deleted', 'note')] : []),
    segment(`, ${words.join(', ')}`, 'dim'),
    ...(age > 0 ? [segment(`, as of ${formatAge(age)} ago`, 'stale')] : []),
  ]
}
