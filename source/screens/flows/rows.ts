import type { FlowsLook } from '../../events/looks.ts'
import type { PodId } from '../../events/names.ts'
import type { NodeName } from '../../events/subject.ts'
import { perSnapshot } from '../../interface/per-snapshot.ts'
import type { Table } from '../../interface/table/table.ts'
import { type Fill, fillOf, type Level, type Share } from '../../store/fill.ts'
import type { Records } from '../../store/records.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { flowColumns } from './columns.ts'
import { listingOf } from './state.ts'

interface Worked {
  readonly records: Records
  readonly fill: Fill
  /** Entries of which a pod is the client. */
  readonly byPod: ReadonlyMap<PodId, number>
  readonly rows: ReadonlyMap<string, Share>
}

const known: Readonly<Record<Level, WeakMap<FlowsLook, Worked>>> = { pairs: new WeakMap(), detail: new WeakMap() }

const byPodOf = ({ shares }: Fill): ReadonlyMap<PodId, number> => {
  const entries = new Map<PodId, number>()
  for (const { client, entries: own } of shares)
    if (client.kind === 'pod' && !Number.isNaN(own)) entries.set(client.id, (entries.get(client.id) ?? 0) + own)
  return entries
}

/** What a look means, worked out once as long as the cluster is the same. */
const workedOut = (snapshot: Snapshot, node: NodeName | undefined, level: Level): Worked | undefined => {
  const listing = listingOf(snapshot, node)
  if (listing === undefined || node === undefined) return undefined
  const { look, records } = listing
  const before = known[level].get(look)
  if (before?.records === records) return before
  const fill = fillOf(look, records, node, level)
  const worked = { records, fill, byPod: byPodOf(fill), rows: new Map(fill.shares.map((share) => [share.id, share])) }
  known[level].set(look, worked)
  return worked
}

export const fillAt = (snapshot: Snapshot, node: NodeName | undefined): Fill | undefined =>
  workedOut(snapshot, node, 'pairs')?.fill

/** Entries that were counted; `isLeast`: some are in groups too small to be told, so there may be more. */
export interface Entries {
  readonly count: number
  readonly isLeast: boolean
}

/**
 * How many entries of a node's table a pod had as their client when it was listed last; undefined: not known, since they were
 * too few to be told, if any, or another pod had its name then, or it has no address of its own.
 */
export const entriesOf = (snapshot: Snapshot, node: NodeName | undefined, pod: PodId): Entries | undefined => {
  const worked = workedOut(snapshot, node, 'pairs')
  const then = worked?.records.pods.get(pod)
  if (worked === undefined || then === undefined || then.uid !== snapshot.records.pods.get(pod)?.uid) return undefined
  if (then.hostNetwork || then.addresses.length === 0) return undefined
  const { isLeast } = worked.fill
  const count = worked.byPod.get(pod) ?? (isLeast ? undefined : 0)
  return count === undefined ? undefined : { count, isLeast }
}

/** Seconds since the table of a node was listed last; undefined: it never was. */
export const listedSince = (snapshot: Snapshot, node: NodeName | undefined): number | undefined => {
  const listing = listingOf(snapshot, node)
  return listing === undefined ? undefined : Math.max(0, snapshot.at - listing.at) / 1000
}

export const shareAt = (snapshot: Snapshot, node: NodeName | undefined, level: Level, row: string): Share | undefined =>
  workedOut(snapshot, node, level)?.rows.get(row)

const orZero = (figure: number): number => (Number.isNaN(figure) ? 0 : figure)

/** Who has most entries first; of those with as many, who opens most. */
export const flowTable = (node: NodeName | undefined, level: Level): Table => {
  const at = (snapshot: Snapshot, row: string) => shareAt(snapshot, node, level, row)
  const columns = flowColumns(at, level)
  const rows = perSnapshot((snapshot) => [...(workedOut(snapshot, node, level)?.rows.keys() ?? [])].sort())
  const size = (snapshot: Snapshot, row: string, of: 'entries' | 'began'): number =>
    orZero(at(snapshot, row)?.[of] ?? Number.NaN)
  return {
    columns: () => columns,
    rows,
    defaultOrder: (snapshot, order) =>
      order.toSorted(
        (one, other) =>
          size(snapshot, other, 'entries') - size(snapshot, one, 'entries') ||
          size(snapshot, other, 'began') - size(snapshot, one, 'began'),
      ),
    empty: 'the table is empty',
  }
}
