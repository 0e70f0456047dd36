import type { NodeRecord } from '../events/records.ts'
import type { SourceStatus } from '../events/sources.ts'
import type { NodeName } from '../events/subject.ts'
import { clean } from '../text/clean.ts'
import type { Snapshot } from './snapshot.ts'
import { isKnown, serverAge, sourceAge, statusIn } from './sources.ts'

/** How many pods a node has; `isWhole`: not only those of the namespaces that may be read. */
export interface PodCount {
  readonly count: number
  readonly isWhole: boolean
}

/** What the API server says of a node. All ages are seconds; NaN: not known. */
export interface ClusterNode {
  readonly record: NodeRecord
  /** Since it held: 0 while every change is told. */
  readonly age: number
  /** Since the node is, or is not, ready. */
  readonly readyAge: number
  /** Since the kubelet was heard of; known only while leases are read, which they are while some node has no live connection. */
  readonly leaseAge: number
  /** Undefined: pods may not be read, or have not been yet. */
  readonly pods: PodCount | undefined
}

const sourceOf = ({ sources }: Snapshot, name: string): SourceStatus | undefined => statusIn(sources, clean(name))

const podsOf = (snapshot: Snapshot, node: NodeName): PodCount | undefined => {
  const status = sourceOf(snapshot, 'pods')
  if (status === undefined || !isKnown(status)) return undefined
  return { count: snapshot.records.relations.podsOn(node).size, isWhole: status.namespaces === undefined }
}

/**
 * A node as the API server last told of it; undefined where it never did in this run: what was kept of an earlier one is good
 * for finding nodes, and says nothing of how they fare.
 */
export const clusterNode = (snapshot: Snapshot, node: NodeName): ClusterNode | undefined => {
  const record = snapshot.records.nodes.get(node)
  const status = sourceOf(snapshot, 'nodes')
  if (record === undefined || status === undefined || !isKnown(status)) return undefined
  const { sources, records } = snapshot
  return {
    record,
    age: status.state === 'polling' ? 0 : sourceAge(status, snapshot),
    readyAge: serverAge(record.readySince, sources, snapshot),
    // It would grow as well while only our own reading has stopped, and look like a dead kubelet.
    leaseAge:
      sourceOf(snapshot, 'leases')?.state === 'polling'
        ? serverAge(records.leases.get(node)?.renewed ?? Number.NaN, sources, snapshot)
        : Number.NaN,
    pods: podsOf(snapshot, node),
  }
}
