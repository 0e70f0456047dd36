import type { Footing, Look, TabName } from '../events/looks.ts'
import type { Missing } from '../events/origin.ts'
import type { PodRecord } from '../events/records.ts'
import type { NodeName } from '../events/subject.ts'
import type { Snapshot } from '../store/snapshot.ts'
import { schemaName } from './json.ts'
import { isoTime } from './number.ts'

/** What has come of a tab. `at`: our monotonic ms at which it was taken. */
export type PodAnswer =
  | { readonly look: Look; readonly at: number }
  | { readonly missing: Extract<Missing, 'denied' | 'lost' | 'no-data' | 'not-asked'>; readonly cause: string }

/** All that was found out about the network namespace of a pod; without `pod` it is the node's own. */
export interface PodReport {
  readonly pod: PodRecord | undefined
  /** Undefined: none was chosen for it. */
  readonly node: NodeName | undefined
  readonly tabs: readonly { readonly tab: TabName; readonly answer: PodAnswer }[]
}

/**
 * Wall time of what is printed, ms since 1970: that of the newest look. The clock of a snapshot tells the time now and then, and
 * may be older.
 */
export const reportedAt = (snapshot: Snapshot, { tabs }: PodReport): number => {
  const newest = Math.max(snapshot.at, ...tabs.flatMap(({ answer }) => ('look' in answer ? [answer.at] : [])))
  return snapshot.wall + newest - snapshot.at
}

const found = ({ way, pid, right, namespace, isHost }: Footing) => ({
  ...{ way, pid, right, host: isHost },
  ...(namespace === undefined ? {} : { namespace }),
})

const isSame = (one: Footing, other: Footing): boolean => JSON.stringify(found(one)) === JSON.stringify(found(other))

const firstFooting = ({ tabs }: PodReport): Footing | undefined =>
  tabs.flatMap(({ answer }) => ('look' in answer ? [answer.look.footing] : []))[0]

const jsonTab = (snapshot: Snapshot, answer: PodAnswer, first: Footing | undefined): unknown => {
  if ('missing' in answer) return answer
  const { tab: _, footing, lacks, byHand, ...seen } = answer.look
  const at = isoTime(snapshot.wall - (snapshot.at - answer.at))
  return {
    at,
    ...(first !== undefined && isSame(first, footing) ? {} : { found: found(footing) }),
    ...seen,
    lacks,
    byHand,
  }
}

const jsonPod = ({ namespace, name, uid, phase, ready, hostNetwork, addresses, owner, containers }: PodRecord) => ({
  ...{ namespace, name, uid, phase, ready, hostNetwork, addresses },
  ...(owner === '' ? {} : { owner }),
  containers: containers.map((container) => ({
    name: container.name,
    ...(container.id === '' ? {} : { id: container.id }),
    ready: container.ready,
  })),
})

/** What JSON cannot say is left out. */
const finite = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? undefined : value

/**
 * What was found out, as JSON on one line without a line end: tabs by their names, each as it was seen, or why it was not.
 * Bytes, milliseconds and counts are plain numbers.
 */
export const podJson = (snapshot: Snapshot, report: PodReport): string => {
  const first = firstFooting(report)
  const { pod, node, tabs } = report
  return JSON.stringify(
    {
      schema: schemaName,
      at: isoTime(reportedAt(snapshot, report)),
      context: snapshot.cluster?.context ?? null,
      pod: pod === undefined ? null : jsonPod(pod),
      node: node ?? null,
      found: first === undefined ? null : found(first),
      tabs: Object.fromEntries(tabs.map(({ tab, answer }) => [tab, jsonTab(snapshot, answer, first)])),
    },
    finite,
  )
}
