import type { Inquiry, PodPlace } from '../../events/inquiry.ts'
import type { TabName } from '../../events/looks.ts'
import type { PodId } from '../../events/names.ts'
import type { PodRecord } from '../../events/records.ts'
import type { NodeName } from '../../events/subject.ts'
import { emptyWords } from '../../interface/cluster/sources.ts'
import type { Parameters } from '../../interface/screen.ts'
import type { Snapshot } from '../../store/snapshot.ts'

/** What the screen was opened on. */
export type Chosen = Pick<Parameters, 'node' | 'pod' | 'record'>

/** Whose network namespace is looked at, as of a snapshot. */
export type Target =
  | { readonly kind: 'none' }
  | { readonly kind: 'host'; readonly node: NodeName }
  /** A pod of which nothing was ever known here. */
  | { readonly kind: 'unknown'; readonly id: PodId }
  | {
      readonly kind: 'pod'
      /** As the API server tells of it, or told of it last. */
      readonly record: PodRecord
      /** `replaced`: another pod of its name is there. */
      readonly fate: 'there' | 'replaced' | 'gone'
    }

/** The one that was chosen, and what has become of it: a pod of the same name with another uid is another pod. */
export const targetOf = ({ records }: Snapshot, { node, pod, record }: Chosen): Target => {
  if (pod === undefined) return node === undefined ? { kind: 'none' } : { kind: 'host', node }
  const current = records.pods.get(pod)
  if (record === undefined)
    return current === undefined ? { kind: 'unknown', id: pod } : { kind: 'pod', record: current, fate: 'there' }
  if (current === undefined) return { kind: 'pod', record, fate: 'gone' }
  return current.uid === record.uid
    ? { kind: 'pod', record: current, fate: 'there' }
    : { kind: 'pod', record, fate: 'replaced' }
}

/** The node that it is looked at on. */
export const nodeOf = (target: Target): NodeName | undefined =>
  target.kind === 'host' ? target.node : target.kind === 'pod' ? target.record.node : undefined

export const placeOf = ({ id, uid, containers, hostNetwork }: PodRecord): PodPlace => ({
  kind: 'pod',
  id,
  uid,
  containers: containers.flatMap((container) => (container.id === '' ? [] : [container.id])),
  hostNetwork,
})

const because = (reason: string): string => (reason === '' ? '' : `: ${reason}`)

/** Why a pod cannot be looked at, by what the API server says of it; undefined: it can. */
export const podTrouble = ({ record, fate }: Extract<Target, { kind: 'pod' }>): string | undefined => {
  const { phase, reason, node } = record
  if (fate === 'gone') return 'the pod is gone, and its network namespace with it'
  if (fate === 'replaced') return `this pod is gone: another one of its name was started in its place`
  if (phase === 'Succeeded') return 'it has completed: none of its processes runs, and its network namespace is gone'
  if (phase === 'Failed')
    return `it has failed${because(reason)}; none of its processes runs, and its network namespace is gone`
  if (node === undefined) return `it has no network namespace yet: no node was chosen for it${because(reason)}`
  if (placeOf(record).containers.length === 0)
    return `none of its containers was started yet${because(reason)}; by them its network namespace is found`
  return undefined
}

/** Why a node has no such namespaces; undefined: it has, as far as the API server tells. */
export const nodeTrouble = ({ records }: Snapshot, node: NodeName): string | undefined =>
  /^windows/i.test(records.nodes.get(node)?.system ?? '')
    ? `${node} runs Windows: kntop looks into the network namespaces of Linux`
    : undefined

/** Why nothing can be asked of a node about a target, in words for a person; undefined: it can be asked. */
export const troubleOf = (snapshot: Snapshot, target: Target): string | undefined => {
  switch (target.kind) {
    case 'none':
      return 'choose a pod in :pods and press enter, or a node in :nodes and press h'
    case 'unknown': {
      if (snapshot.records.pods.size > 0) return `no pod ${target.id} is known`
      return `no pod ${target.id} is known: ${emptyWords(snapshot, 'pods')}`
    }
    case 'host':
      return snapshot.nodes.has(target.node) ? nodeTrouble(snapshot, target.node) : `${target.node} is not watched`
    case 'pod': {
      const trouble = podTrouble(target)
      const { node } = target.record
      if (trouble !== undefined || node === undefined) return trouble
      if (snapshot.nodes.has(node)) return nodeTrouble(snapshot, node)
      return `its node ${node} is not watched: only a node that kntop logs in to can be looked into`
    }
  }
}

/** What is asked for a tab; undefined: nothing can be, {@link troubleOf} says why. */
export const inquiryOf = (snapshot: Snapshot, target: Target, tab: TabName): Inquiry | undefined => {
  const node = nodeOf(target)
  if (node === undefined || troubleOf(snapshot, target) !== undefined) return undefined
  return { node, tab, place: target.kind === 'pod' ? placeOf(target.record) : { kind: 'host' } }
}
