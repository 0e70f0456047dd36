import type { NamespaceName, PodId } from '../../events/names.ts'
import type { PodRecord } from '../../events/records.ts'
import type { NodeName } from '../../events/subject.ts'
import { createNameOrder, sortObjectNames } from '../../interface/table/name-order.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { podRank } from './standing.ts'

/** Which pods a table shows. */
export interface Scope {
  readonly namespace?: NamespaceName | undefined
  readonly node?: NodeName | undefined
}

/** The most cells that texts of each kind take. */
export interface Longest {
  readonly namespace: number
  readonly name: number
  readonly node: number
  readonly owner: number
}

type Pods = ReadonlyMap<PodId, PodRecord>

/** What is worked out once for all pods of a snapshot. */
interface Index {
  /** Those that are not well, by how bad that is. */
  readonly ranks: ReadonlyMap<PodId, number>
  readonly longest: Longest
}

const indexed = (pods: Pods): Index => {
  const ranks = new Map<PodId, number>()
  let [namespace, name, node, owner] = [0, 0, 0, 0]
  const well = podRank({ phase: 'Succeeded' } as PodRecord)
  pods.forEach((pod, id) => {
    const rank = podRank(pod)
    if (rank !== well) ranks.set(id, rank)
    if (pod.namespace.length > namespace) namespace = pod.namespace.length
    if (pod.name.length > name) name = pod.name.length
    if (pod.node !== undefined && pod.node.length > node) node = pod.node.length
    if (pod.owner.length > owner) owner = pod.owner.length
  })
  return { ranks, longest: { namespace, name, node, owner } }
}

const indexes = new WeakMap<Pods, Index>()
const nameOrder = createNameOrder<PodId>()

/** Records are replaced less often than snapshots are made. */
const indexOf = (pods: Pods): Index => {
  const known = indexes.get(pods)
  if (known !== undefined) return known
  const index = indexed(pods)
  indexes.set(pods, index)
  return index
}

export const longestOf = ({ records }: Snapshot): Longest => indexOf(records.pods).longest

/** The pods of a scope by namespace and name. */
export const podRows = ({ records }: Snapshot, { namespace, node }: Scope): readonly PodId[] => {
  if (node !== undefined) return sortObjectNames([...records.relations.podsOn(node)])
  const all = nameOrder(records.pods)
  if (namespace === undefined) return all
  const start = `${namespace}/`
  return all.filter((id) => id.startsWith(start))
}

/** How many pods of a scope there are. */
export const podCount = (snapshot: Snapshot, scope: Scope): number => {
  const { records } = snapshot
  if (scope.node !== undefined) return records.relations.podsOn(scope.node).size
  return scope.namespace === undefined ? records.pods.size : podRows(snapshot, scope).length
}

/** The worst first; what ties stays as it came. */
export const worstFirst = ({ records }: Snapshot, rows: readonly PodId[]): readonly PodId[] => {
  const { ranks } = indexOf(records.pods)
  if (ranks.size === 0) return rows
  const bad: PodId[] = []
  const well: PodId[] = []
  for (const row of rows) (ranks.has(row) ? bad : well).push(row)
  bad.sort((one, other) => (ranks.get(one) ?? 0) - (ranks.get(other) ?? 0))
  return [...bad, ...well]
}

/** Whether a text in lower case stands in what a table says of a pod; names and addresses are in lower case anyway. */
export const isFound = (
  { records }: Snapshot,
  row: PodId,
  text: string,
  status: (pod: PodRecord) => string,
): boolean => {
  if (row.includes(text)) return true
  const pod = records.pods.get(row)
  if (pod === undefined) return false
  return (
    pod.node?.includes(text) === true ||
    status(pod).toLowerCase().includes(text) ||
    pod.owner.toLowerCase().includes(text) ||
    pod.addresses.some((address) => address.includes(text))
  )
}
