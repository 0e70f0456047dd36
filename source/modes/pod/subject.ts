import { provenanceText, type Settings } from '../../config/settings.ts'
import { everyNamespace, quoted } from '../../config/values.ts'
import { WrongUse } from '../../config/wrong-use.ts'
import { isDnsLabel, isDnsName, nameOf, namespaceOf, type PodId, type ServiceId } from '../../events/names.ts'
import type { NodeName } from '../../events/subject.ts'
import { deniedWords, emptyWords, isRead, type Resource, statusOf } from '../../interface/cluster/sources.ts'
import { nodeTrouble, podTrouble, type Target, targetOf } from '../../screens/pod/target.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import { didYouMean } from '../../text/nearest.ts'

/** Whose network namespace was asked for. */
export type Subject =
  | { readonly kind: 'pod'; readonly id: PodId }
  | { readonly kind: 'host'; readonly node: NodeName; readonly ofCluster: boolean }

/**
 * The pod that was written, as `NAMESPACE/NAME`, or as `NAME` in the namespace of the settings or of the context. Throws
 * {@link WrongUse} for what can be the name of none.
 */
export const podIdOf = (
  typed: string | undefined,
  { namespace, provenance }: Pick<Settings, 'namespace' | 'provenance'>,
  ofContext: string,
): PodId => {
  if (typed === undefined) throw new WrongUse('pod needs the name of a pod: kntop pod NAMESPACE/NAME')
  const parts = typed.split('/')
  const [first = '', second] = parts
  const [space, name] = second === undefined ? [ofContext, first] : [first, second]
  if (parts.length > 2 || !isDnsLabel(space) || !isDnsName(name))
    throw new WrongUse(
      `${quoted(typed)} is no name of a pod: write NAMESPACE/NAME, or NAME in the namespace of the context (small letters, digits, - and .)`,
    )
  const isFlag = provenance.namespace.from === 'flag'
  if (second === undefined && namespace === everyNamespace && isFlag)
    throw new WrongUse(`${provenanceText(provenance.namespace)} names no namespace: write NAMESPACE/${name}`)
  if (second !== undefined && isFlag && namespace !== undefined && namespace !== everyNamespace && namespace !== space)
    throw new WrongUse(`${quoted(typed)} and ${provenanceText(provenance.namespace)} name different namespaces`)
  return clean(`${space}/${name}`) as PodId
}

/** A service that was written, as `NAMESPACE/NAME`. Throws {@link WrongUse} for what can be the name of none. */
export const serviceIdOf = (typed: string): ServiceId => {
  const parts = typed.split('/')
  if (parts.length !== 2 || !parts.every(isDnsLabel))
    throw new WrongUse(`--service: ${quoted(typed)} is no name of a service: write NAMESPACE/NAME`)
  return clean(typed) as ServiceId
}

/** Where one stands that is looked for. `failed`: it cannot be looked into, and nothing is known to print. */
export type Stage =
  | { readonly state: 'waits'; readonly what: string }
  | { readonly state: 'failed'; readonly cause: string }
  /** `trouble`: what is known of it says that there is nothing to look into. */
  | { readonly state: 'found'; readonly target: Target; readonly node: NodeName | undefined; readonly trouble?: string }

const unknown = (snapshot: Snapshot, resource: Resource, what: string, known: () => string): Stage => {
  const denied = deniedWords(snapshot, resource)
  if (denied !== undefined) return { state: 'failed', cause: `${what} is ${denied}` }
  const status = statusOf(snapshot, resource)
  const { api } = snapshot.sources
  const cause = api?.state !== 'live' && api?.cause ? api.cause : (status?.cause ?? '')
  if (!isRead(snapshot, resource))
    return cause === ''
      ? { state: 'waits', what: `the API server has not told of ${resource} yet` }
      : { state: 'failed', cause: `the API server does not tell of ${what}: ${cause}` }
  return { state: 'failed', cause: known() }
}

const found = (snapshot: Snapshot, target: Target, node: NodeName | undefined, known?: string): Stage => {
  const trouble = known ?? (node === undefined ? undefined : nodeTrouble(snapshot, node))
  return { state: 'found', target, node, ...(trouble === undefined ? {} : { trouble }) }
}

/** How many pods are named to somebody who wrote the name of their owner. */
const mostNamed = 3

/** Names that begin as what was written, as those of the pods of a Deployment do; else one that is near. */
const meantWords = (name: string, beside: readonly string[]): string => {
  const own = beside.filter((other) => other.startsWith(`${name}-`)).toSorted()
  if (own.length === 0) return didYouMean(name, beside)
  const more = own.length > mostNamed ? ` and ${own.length - mostNamed} more` : ''
  return `: pods that begin so are ${own.slice(0, mostNamed).join(', ')}${more}`
}

const podStage = (snapshot: Snapshot, id: PodId): Stage => {
  const target = targetOf(snapshot, { pod: id })
  if (target.kind === 'pod') {
    return found(snapshot, target, target.record.node, podTrouble(target))
  }
  const namespace = namespaceOf(id)
  return unknown(snapshot, 'pods', `pod ${id}`, () => {
    if (!isRead(snapshot, 'pods', namespace)) return emptyWords(snapshot, 'pods', namespace)
    const beside: string[] = []
    snapshot.records.pods.forEach((pod) => pod.namespace === namespace && beside.push(pod.name))
    const near = meantWords(nameOf(id), beside)
    return `no pod ${id} is known${near || (beside.length === 0 ? `: ${emptyWords(snapshot, 'pods', namespace)}` : '')}`
  })
}

const hostStage = (snapshot: Snapshot, { node, ofCluster }: Extract<Subject, { kind: 'host' }>): Stage => {
  if (!ofCluster || snapshot.records.nodes.get(node) !== undefined) return found(snapshot, { kind: 'host', node }, node)
  return unknown(snapshot, 'nodes', `node ${node}`, () => {
    const names: string[] = []
    snapshot.records.nodes.forEach(({ id }) => names.push(id))
    return `no node ${node} is known${didYouMean(node, names)}`
  })
}

/** What is known of the one that was asked for. */
export const stageOf = (snapshot: Snapshot, subject: Subject): Stage =>
  subject.kind === 'pod' ? podStage(snapshot, subject.id) : hostStage(snapshot, subject)
