import type { NamespaceName } from '../../events/names.ts'
import { mostLeftOut, type SourceStatus } from '../../events/sources.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { isKnown, sourceAge, statusIn } from '../../store/sources.ts'
import { clean } from '../../text/clean.ts'
import type { Segment } from '../../text/colour.ts'
import { formatAge } from '../../text/units.ts'
import { segment, wrapInto } from '../lines.ts'

/** What is read from a cluster and shown in tables. */
export type Resource = 'nodes' | 'pods' | 'services' | 'endpointslices' | 'namespaces'

/** Also what is shown of one node alone. */
type Source = Resource | 'leases'

type Told = Pick<Snapshot, 'sources'>

/** How a resource fares; undefined: nothing was told of it yet. */
export const statusOf = (snapshot: Told, resource: Source): SourceStatus | undefined =>
  statusIn(snapshot.sources, clean(resource))

/** Whether records of a resource are known, and those of this namespace among them, where it has one. */
export const isRead = (snapshot: Told, resource: Resource, namespace?: NamespaceName): boolean => {
  const status = statusOf(snapshot, resource)
  if (status === undefined || !isKnown(status)) return false
  return namespace === undefined || (status.namespaces?.includes(namespace) ?? true)
}

/** Whether all records of a resource are read, of whatever namespace. */
export const isWhole = (snapshot: Told, resource: Resource): boolean =>
  isRead(snapshot, resource) && statusOf(snapshot, resource)?.namespaces === undefined

/** Namespaces that are named where not all are read; of more it is only said how many. */
const mostNamed = 2

/** Of which namespaces the records of a resource are: `all`, or those that may be read. */
export const scopeWords = (snapshot: Snapshot, resource: Resource): string => {
  const namespaces = statusOf(snapshot, resource)?.namespaces
  if (namespaces === undefined) return 'all'
  return namespaces.length > mostNamed ? `${namespaces.length} namespaces` : namespaces.join(', ')
}

/** Whether what is known of a resource is of the past. */
export const isPast = (snapshot: Told, resource: Resource): boolean => {
  const state = statusOf(snapshot, resource)?.state
  return state !== 'live' && state !== 'polling'
}

const ageWords = (snapshot: Snapshot, status: SourceStatus): string => formatAge(sourceAge(status, snapshot))

/** How a resource fares, for the end of a title; empty where it is told of every change. */
export const titleWords = (snapshot: Snapshot, resource: Resource): string => {
  if (snapshot.cluster === undefined) return ''
  const status = statusOf(snapshot, resource)
  if (status === undefined) return 'starting'
  const { state } = status
  if (state === 'live') return ''
  if (!isKnown(status)) return state
  const age = ageWords(snapshot, status)
  return state === 'polling' ? `listed ${age} ago` : `${state === 'starting' ? 'stale' : state} ${age}`
}

const rulesOf = ({ lacking }: SourceStatus): string => lacking.map(({ rule }) => rule).join('; ')

/** What stands in place of what may not be read; undefined: nobody forbids it. */
export const deniedWords = (snapshot: Snapshot, resource: Source): string | undefined => {
  const status = statusOf(snapshot, resource)
  return status?.state === 'denied' ? `not known: needs ${rulesOf(status)}` : undefined
}

const nextTry = ({ at }: Snapshot, { until }: SourceStatus): string =>
  Number.isNaN(until) ? '' : `; tried again in ${formatAge(Math.max(0, Math.ceil((until - at) / 1000)))}`

const because = (cause: string): string => (cause === '' ? '' : `: ${cause}`)

const stateNote = (snapshot: Snapshot, status: SourceStatus): Segment | undefined => {
  const { state, cause, lacking, namespaces } = status
  switch (state) {
    case 'starting':
      return segment(`waits for the first answer${because(cause)}${nextTry(snapshot, status)}`, 'note')
    case 'stale':
      return segment(`stale ${ageWords(snapshot, status)}${because(cause)}${nextTry(snapshot, status)}`, 'warning')
    case 'denied':
      return segment(`needs ${rulesOf(status)}: ${lacking[0]?.feeds ?? cause}`, 'warning')
    case 'absent':
      return segment(`the server does not have it${because(cause)}`, 'warning')
    case 'polling':
      return segment(lacking.length === 0 ? cause : `listed now and then, to watch it needs ${rulesOf(status)}`, 'note')
    case 'live':
      return namespaces === undefined
        ? undefined
        : segment(`only of ${namespaces.join(', ')}: needs ${rulesOf(status)}`, 'note')
  }
}

const noteOf = (snapshot: Snapshot, resource: Resource): readonly Segment[] => {
  const status = statusOf(snapshot, resource)
  if (status === undefined) return []
  const note = stateNote(snapshot, status)
  const { leftOut, leftOutCause } = status
  const count = leftOut < mostLeftOut ? leftOut : `${leftOut} or more`
  const left = leftOut === 0 ? [] : [segment(`${count} left out: ${leftOutCause}`, 'warning')]
  return [...(note === undefined ? [] : [note]), ...left]
}

/** Lines that what cannot be seen may take: what to do about it stands at its end. */
const mostNoteLines = 3

/**
 * What cannot be seen, and which right or answer is missing, for under a title; empty: everything is. The first resource is
 * that of the rows, the others that of some of their cells. A cause that is the same for all is said once.
 */
export const sourcesNote = (
  snapshot: Snapshot,
  resources: readonly Resource[],
  width: number,
): readonly (readonly Segment[])[] => {
  if (snapshot.cluster === undefined) return []
  const [own = [], ...others] = resources.map((resource) => noteOf(snapshot, resource))
  const said = new Set(own.map(({ text }) => text))
  const notes = [
    ...own,
    ...others.flatMap((one, index) =>
      one
        .filter(({ text }) => !said.has(text))
        .map(({ text, style }) => segment(`${resources[index + 1] ?? ''}: ${text}`, style)),
    ),
  ]
  const lines = notes.flatMap(({ text, style }) =>
    wrapInto(text, Math.max(1, width), 2).map((line) => ({ text: line, style })),
  )
  if (lines.length <= mostNoteLines) return lines.map((line) => [line])
  const rest = lines.slice(mostNoteLines - 1)
  return [
    ...lines.slice(0, mostNoteLines - 1).map((line) => [line]),
    rest.flatMap((line, index) => (index === 0 ? [line] : [segment('  '), line])),
  ]
}

/** What stands in place of rows where there are none: that there are none only where that is known. */
export const emptyWords = (snapshot: Snapshot, resource: Resource, namespace?: NamespaceName): string => {
  if (snapshot.cluster === undefined) return 'no cluster is watched: start kntop with a kubeconfig to see this'
  const isPart = namespace === undefined && !isWhole(snapshot, resource)
  const where = namespace === undefined ? (isPart ? ' in what may be read' : '') : ` in namespace ${namespace}`
  if (!isRead(snapshot, resource)) return `nothing is known of ${resource} yet`
  if (!isRead(snapshot, resource, namespace)) return `${resource} of namespace ${namespace ?? ''} are not read`
  return isPast(snapshot, resource) ? `there were no ${resource}${where}` : `there are no ${resource}${where}`
}
