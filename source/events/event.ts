import type { MetricId } from '../metrics/catalogue.ts'
import type { FactId } from '../metrics/facts.ts'
import type { Clean } from '../text/clean.ts'
import type { ClusterContext, ClusterIdentity } from './cluster.ts'
import type { Report } from './inquiry.ts'
import type { Link, OptInStatus } from './link.ts'
import type { Origin } from './origin.ts'
import type { RecordEvent } from './records.ts'
import type { Request } from './request.ts'
import type { Sockets } from './sockets.ts'
import type { SourceEvent } from './sources.ts'
import type { NodeName, Subject } from './subject.ts'

/**
 * Values of some metrics of one subject at one time. All arrays run parallel to `metrics`.
 * `at`: our monotonic time in milliseconds. A value of NaN is a gap.
 * `observations`: how many observations stand behind the value (for a share its denominator), NaN where it has none.
 * `windows`: seconds that it covers, NaN where it is a moment's value.
 * `bounds`: -1 the true value lies below, 1 above, 0 it is the value.
 */
export interface Sample {
  readonly type: 'sample'
  readonly subject: Subject
  readonly at: number
  readonly metrics: readonly MetricId[]
  readonly values: ArrayLike<number>
  readonly observations?: ArrayLike<number>
  readonly windows?: ArrayLike<number>
  readonly bounds?: ArrayLike<number>
}

/** A counted row of a tally, such as a name and its lookups. */
export interface Counted {
  readonly name: Clean
  readonly count: number
  /** Address of the client, where rows are of a client and a name; `name` is empty in the row of all its other names. */
  readonly client?: Clean
  /** How many of them were answered with NXDOMAIN; not there: not counted. */
  readonly nxdomain?: number
}

/** `lookup-pairs`: by client and name, all rows that are kept, in no order. */
export type TallyKind = 'lookup-names' | 'lookup-clients' | 'lookup-pairs'

/** The most frequent rows of a window; `left` counts what the rows do not hold. */
export interface Tally {
  readonly type: 'tally'
  readonly node: NodeName
  readonly what: TallyKind
  readonly at: number
  readonly seconds: number
  readonly rows: readonly Counted[]
  readonly left: number
}

/**
 * A figure of a pod, as a node tells it. `uid` and `container` are as its control groups have them: `uid` is another than the API
 * server's for a static pod, `-` where it is not known; `container` begins the id of the one that the figure is of, empty where it
 * is of the pod's namespace.
 */
export interface PodFigure {
  readonly uid: Clean
  readonly container: Clean
  readonly metric: MetricId
  readonly value: number
  /** NaN where it has none. */
  readonly observations: number
  /** Seconds; NaN for a moment's value. */
  readonly window: number
}

/** What a node tells of its pods, all of it: a pod that is not named has none of these figures. */
export interface PodFigures {
  readonly type: 'pod-figures'
  readonly node: NodeName
  readonly at: number
  readonly rows: readonly PodFigure[]
}

/** Wall time for display, our own lateness, and the only "now" that anyone but a feed knows. Milliseconds. */
export interface Clock {
  readonly type: 'clock'
  readonly at: number
  readonly wall: number
  readonly late: number
}

/** All that ever enters the store, in arrays. */
export type Event =
  | Sample
  | Tally
  | Sockets
  | PodFigures
  | Clock
  | RecordEvent
  | SourceEvent
  | { readonly type: 'origin'; readonly subject: Subject; readonly metric: MetricId; readonly origin: Origin }
  /** The cluster that is watched, and the contexts of the kubeconfig, of which it is one. */
  | {
      readonly type: 'cluster'
      readonly identity: ClusterIdentity
      readonly contexts: readonly ClusterContext[]
    }
  /** It is watched no longer, and nothing of it is kept. */
  | { readonly type: 'node-gone'; readonly node: NodeName }
  | { readonly type: 'fact'; readonly subject: Subject; readonly fact: FactId; readonly value: Clean }
  | { readonly type: 'link'; readonly subject: Subject; readonly link: Link; readonly at: number }
  | { readonly type: 'opt-in'; readonly node: NodeName; readonly status: OptInStatus }
  | { readonly type: 'request'; readonly request: Request }
  /** Answered, declined, or no longer needed. */
  | { readonly type: 'request-gone'; readonly id: string }
  /** What has come of an inquiry, by {@link inquiryKey}. */
  | { readonly type: 'report'; readonly key: string; readonly report: Report }
  /** What kntop itself takes: share of a core in percent, resident memory in bytes. */
  | { readonly type: 'self'; readonly cpu: number; readonly memory: number }
