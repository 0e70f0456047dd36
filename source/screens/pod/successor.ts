import type { PodRecord } from '../../events/records.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import type { Target } from './target.ts'

/** Whether a pod can be looked into one day: one that has ended cannot. */
const isAlive = ({ phase, deleting }: PodRecord): boolean => phase !== 'Succeeded' && phase !== 'Failed' && !deleting

/** Those that began after the one that is gone first, of them those on its node, then the newest. */
const better = (one: PodRecord, other: PodRecord, { node, created }: PodRecord): boolean => {
  if (one.created > created !== other.created > created) return one.created > created
  if ((one.node === node) !== (other.node === node)) return one.node === node
  return one.created === other.created ? one.id < other.id : one.created > other.created
}

/** Whether the same controls both: also two ReplicaSets of one Deployment, one of which takes the place of the other. */
const isOfSame = (one: PodRecord, { owner, deployment }: PodRecord): boolean =>
  one.owner === owner || (deployment !== undefined && deployment !== '' && one.deployment === deployment)

/**
 * Who takes the place of a pod that is gone or has ended: of those that the same owner controls the newest, on its own node
 * if there is one; also one of the ReplicaSet with which its Deployment went on. The one that bears its name comes before all. Undefined: there is none, or it still runs.
 */
export const successorOf = ({ records }: Snapshot, target: Target): PodRecord | undefined => {
  if (target.kind !== 'pod') return undefined
  const { record, fate } = target
  if (fate === 'there' && isAlive(record)) return undefined
  const { id, uid, owner, namespace } = record
  const namesake = fate === 'replaced' ? records.pods.get(id) : undefined
  if (namesake !== undefined || owner === '') return namesake
  let best: PodRecord | undefined
  records.pods.forEach((pod) => {
    if (!isOfSame(pod, record) || pod.namespace !== namespace || pod.uid === uid || !isAlive(pod)) return
    if (best === undefined || better(pod, best, record)) best = pod
  })
  return best
}
