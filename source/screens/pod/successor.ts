import type { PodRecord } from '../../events/records.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import type { Target } from './target.ts'

/** Whether a pod can be looked into one day: one that has ended cannot. */
const isAlive = ({ phase, deleting }: PodRecord): boolean => phase !== 'Succeeded' && phase !== 'Failed' && !deleting

/** Those on the node of the one that is gone first, then the newest. */
const better = (one: PodRecord, other: PodRecord, { node }: PodRecord): boolean => {
  if ((one.node === node) !== (other.node === node)) return one.node === node
  return one.created === other.created ? one.id < other.id : one.created > other.created
}

/**
 * Who takes the place of a pod that is gone or has ended: of those that the same owner controls the newest, on its own node
 * if there is one. The one that bears its name comes before all. Undefined: there is none, or it still runs.
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
    if (pod.owner !== owner || pod.namespace !== namespace || pod.uid === uid || !isAlive(pod)) return
    if (best === undefined || better(pod, best, record)) best = pod
  })
  return best
}
