import type { ClusterContext, ClusterIdentity } from '../events/cluster.ts'
import type { PodRecord } from '../events/records.ts'
import type { NodeName } from '../events/subject.ts'
import { type MetricId, positionOf } from '../metrics/catalogue.ts'
import type { Band, Levels } from '../metrics/metric.ts'
import { type Crossing, crossingsOf, type FirstCrossings, firstCrossingsOf } from './crossings.ts'
import { column, figureAt } from './figures.ts'
import type { NodeData, NodeState } from './node-state.ts'
import { type HeldNode, holdNode, type NodeView } from './node-view.ts'
import type { Now } from './now.ts'
import { type PodReading, podReading } from './pod-reading.ts'
import { isLive } from './reading.ts'
import type { Records } from './records.ts'
import type { Reports } from './reports.ts'
import type { Requests } from './requests.ts'
import { type Rule, ruleAt } from './rules.ts'
import type { History } from './series-pool.ts'
import type { Sources } from './sources.ts'
import { type SeriesView, windowOf } from './window.ts'

export type { NodeView } from './node-view.ts'

/** What kntop itself takes: share of a core in percent, resident memory in bytes. */
export interface Self {
  readonly cpu: number
  readonly memory: number
}

/**
 * Everything that is known, as of one moment. It never changes, whatever the store applies afterwards, as long as it is not given
 * back.
 */
export interface Snapshot extends Now {
  /** Counts those of a store. */
  readonly number: number
  readonly nodes: ReadonlyMap<NodeName, NodeView>
  readonly self: Self | undefined
  /** Which cluster is watched; undefined: none. */
  readonly cluster: ClusterIdentity | undefined
  /** Those of the kubeconfig, in its order. */
  readonly contexts: readonly ClusterContext[]
  /** What waits for a person to say, the oldest first; the same object until one comes or goes. */
  readonly requests: Requests
  /** What has come of inquiries, by their keys. */
  readonly reports: Reports
  /** What the API server says that there is; the same object until it says anything new. */
  readonly records: Records
  /** How what is read from a cluster fares; the same object until that changes. */
  readonly sources: Sources
  /** Metrics in band warning or critical now, worst first, then oldest. */
  readonly crossings: readonly Crossing[]
  /** The first of them, at most so many. */
  firstCrossings(most: number): FirstCrossings
  /** How far back series reach, and what they take. */
  readonly history: History
  /** The band of {@link NodeView.worst}; `ok` for a node that is not there. */
  worst(node: NodeName): Band
  /** The last `seconds` of a metric: at full rate as far back as it is held, beyond by minutes. */
  series(node: NodeName, metric: MetricId, seconds: number): SeriesView
  /** A figure of a pod as its node tells it; undefined: it tells of none. */
  podFigure(pod: PodRecord, metric: MetricId): PodReading | undefined
  /** Whether some node tells of that figure of some pod. */
  isToldOfPods(metric: MetricId): boolean
  /** The levels by which a metric is judged. */
  levels(metric: MetricId): Levels
}

/** What a snapshot is made from. */
export interface Moment {
  readonly now: Now
  readonly number: number
  readonly states: ReadonlyMap<NodeName, NodeState>
  readonly rules: readonly Rule[]
  readonly self: Self | undefined
  readonly cluster: ClusterIdentity | undefined
  readonly contexts: readonly ClusterContext[]
  readonly requests: Requests
  readonly reports: Reports
  readonly records: Records
  readonly sources: Sources
  readonly history: History
}

/** Makes a snapshot. The nodes' data must not be written afterwards; their histories may be. */
export const createSnapshot = ({
  now,
  number,
  states,
  rules,
  self,
  cluster,
  contexts,
  requests,
  reports,
  records,
  sources,
  history,
}: Moment): Snapshot => {
  const nodes = new Map<NodeName, HeldNode>()
  const moment = { rules, now }
  for (const [name, { data, history }] of states) nodes.set(name, holdNode(data, history, moment))
  const held = (): readonly NodeData[] => Array.from(nodes.values(), ({ data }) => data)
  let crossings: readonly Crossing[] | undefined
  // Every key has them drawn again.
  let first: (FirstCrossings & { readonly most: number }) | undefined

  return {
    ...now,
    number,
    nodes,
    self,
    cluster,
    contexts,
    requests,
    reports,
    records,
    sources,
    history,
    get crossings() {
      crossings ??= crossingsOf(held(), rules, now)
      return crossings
    },
    firstCrossings(most) {
      if (first?.most !== most) first = { most, ...firstCrossingsOf(held(), rules, now, most) }
      return first
    },
    worst: (node) => nodes.get(node)?.worst() ?? 'ok',
    series(node, metric, seconds) {
      const position = positionOf(metric)
      const rule = ruleAt(rules, metric)
      const { data, history } = nodes.get(node) ?? {}
      const newest = data === undefined ? Number.NaN : figureAt(data.figures, column.at, position)
      // While samples come, the newest is the end: the slot of this very moment may still be empty.
      const end = data !== undefined && isLive(data, position, rule, now) ? newest : Math.max(now.at, newest)
      return windowOf(history?.[position], data?.figures, position, rule, seconds, end)
    },
    podFigure(pod, metric) {
      const data = pod.node === undefined ? undefined : nodes.get(pod.node)?.data
      return data && podReading(data, pod, metric, now)
    },
    isToldOfPods: (metric) => nodes.values().some(({ data }) => data.pods?.metrics.has(metric) === true),
    levels: (metric) => ruleAt(rules, metric).levels,
  }
}
