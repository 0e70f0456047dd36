import type { SourceStatus } from '../events/sources.ts'
import { severity } from '../metrics/metric.ts'
import { type Now, wallOf } from '../store/now.ts'
import type { NodeView, Snapshot } from '../store/snapshot.ts'
import { statusIn } from '../store/sources.ts'
import { clean } from '../text/clean.ts'

/** From which band on `--fail-on` is reached. */
export const failLevels = ['warning', 'critical'] as const
export type FailOn = (typeof failLevels)[number]

/** The exit codes of the contract that what was seen decides. */
export const exitCodes = { fine: 0, nothing: 1, reached: 3 } as const

const isTold = (status: SourceStatus | undefined): boolean => status?.state === 'live' || status?.state === 'polling'

/** Whether any node is watched now, or a cluster tells of its nodes: that a server answers alone says nothing of them. */
export const isAnyLive = ({ nodes, sources }: Snapshot): boolean =>
  isTold(statusIn(sources, clean('nodes'))) || nodes.values().some(({ link }) => link?.state === 'live')

/** What was to be watched and is not: nobody knows how that one does. */
const isUnwatched = ({ link, linkSince }: NodeView, now: Now, patience: number): boolean =>
  link?.state === 'connecting'
    ? Math.max(0, wallOf(now, now.at) - linkSince) >= patience
    : link?.state !== 'live' && link?.state !== 'not-asked'

/**
 * Whether a figure stands in this band or a worse one, or a node is not watched that was to be. `patience`: milliseconds that
 * a first login may take; a node of which one failed is in the worst band until it is live.
 */
export const isReached = (snapshot: Snapshot, level: FailOn, patience = 0): boolean =>
  snapshot.nodes
    .values()
    .some((node) => isUnwatched(node, snapshot, patience) || severity(node.worst()) >= severity(level))

/** The exit code of one look: nothing watched comes before what was reached. */
export const exitCodeOf = (snapshot: Snapshot, failOn: FailOn | undefined): number => {
  if (!isAnyLive(snapshot)) return exitCodes.nothing
  return failOn !== undefined && isReached(snapshot, failOn) ? exitCodes.reached : exitCodes.fine
}
