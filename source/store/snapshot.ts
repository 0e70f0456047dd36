import type { Tally, TallyKind } from '../events/event.ts'
import type { Link, OptInStatus } from '../events/link.ts'
import type { NodeName } from '../events/subject.ts'
import { type MetricId, positionOf } from '../metrics/catalogue.ts'
import type { FactId } from '../metrics/facts.ts'
import type { Band, Levels } from '../metrics/metric.ts'
import type { Clean } from '../text/clean.ts'
import { type Crossing, crossingsOf, worstOf } from './crossings.ts'
import { changing, changingAt, lasting, lastingAt, newestAt } from './figures.ts'
import type { NodeData, NodeState } from './node-state.ts'
import { type Now, wallOf } from './now.ts'
import { isLive, type Reading, readingOf } from './reading.ts'
import type { Rule } from './rules.ts'
import type { Series } from './series.ts'
import type { History } from './series-pool.ts'
import { type SeriesView, windowOf } from './window.ts'

/** A node as of a snapshot. */
export interface NodeView {
  readonly name: NodeName
  /** Undefined while nothing was said of it. */
  readonly link: Link | undefined
  /** Since when the link is in its state, wall ms. */
  readonly linkSince: number
  readonly facts: ReadonlyMap<FactId, Clean>
  /** By the name of the opt-in. */
  readonly optIns: ReadonlyMap<string, OptInStatus>
  readonly tallies: ReadonlyMap<TallyKind, Tally>
  /** Seconds since its newest figure was taken; NaN while there is none. */
  readonly newest: number
  /** The newest value, stale or not; NaN where it is missing. */
  value(metric: MetricId): number
  reading(metric: MetricId): Reading
  /** The worst band of its live figures; `critical` if the node was lost, refused or silent and is not live again. */
  worst(): Band
}

/** What kntop itself takes: share of a core in percent, resident memory in bytes. */
export interface Self {
  readonly cpu: number
  readonly memory: number
}

/** Everything that is known, as of one moment. It never changes, whatever the store applies afterwards. */
export interface Snapshot extends Now {
  readonly nodes: ReadonlyMap<NodeName, NodeView>
  readonly self: Self | undefined
  /** Metrics in band warning or critical now, worst first, then oldest. */
  readonly crossings: readonly Crossing[]
  /** How far back series reach, and what they take. */
  readonly history: History
  /** The band of {@link NodeView.worst}; `ok` for a node that is not there. */
  worst(node: NodeName): Band
  /** The last `seconds` of a metric: at full rate as far back as it is held, beyond by minutes. */
  series(node: NodeName, metric: MetricId, seconds: number): SeriesView
  /** The levels by which a metric is judged. */
  levels(metric: MetricId): Levels
}

interface Held {
  readonly data: NodeData
  readonly history: readonly (Series | undefined)[]
}

/** What a snapshot is made from. */
export interface Moment {
  readonly now: Now
  readonly states: ReadonlyMap<NodeName, NodeState>
  readonly rules: readonly Rule[]
  readonly self: Self | undefined
  readonly history: History
}

const ruleAt = (rules: readonly Rule[], metric: MetricId): Rule => {
  const rule = rules[positionOf(metric)]
  if (rule === undefined) throw new Error(`no metric ${metric} in the catalogue`)
  return rule
}

const nodeView = (data: NodeData, rules: readonly Rule[], now: Now): NodeView => {
  let worst: Band | undefined
  let newest: number | undefined
  const { name, link, linkAt, facts, optIns, tallies } = data
  const reading = (metric: MetricId): Reading => readingOf(data, positionOf(metric), ruleAt(rules, metric), now)
  return {
    ...{ name, link, facts, optIns, tallies, reading },
    linkSince: wallOf(now, linkAt),
    get newest() {
      return (newest ??= Math.max(0, now.at - newestAt(data.figures)) / 1000)
    },
    value: (metric) =>
      lastingAt(data.figures, lasting.current, positionOf(metric)) === 1
        ? changingAt(data.figures, changing.value, positionOf(metric))
        : Number.NaN,
    worst: () => (worst ??= worstOf(data, rules, now)),
  }
}

/** Makes a snapshot. The nodes' data must not be written afterwards; their histories may be. */
export const createSnapshot = ({ now, states, rules, self, history }: Moment): Snapshot => {
  const held = new Map<NodeName, Held>()
  const nodes = new Map<NodeName, NodeView>()
  for (const [name, { data, history }] of states) {
    held.set(name, { data, history })
    nodes.set(name, nodeView(data, rules, now))
  }
  let crossings: readonly Crossing[] | undefined

  return {
    ...now,
    nodes,
    self,
    history,
    get crossings() {
      crossings ??= crossingsOf(
        Array.from(held.values(), ({ data }) => data),
        rules,
        now,
      )
      return crossings
    },
    worst: (node) => nodes.get(node)?.worst() ?? 'ok',
    series(node, metric, seconds) {
      const position = positionOf(metric)
      const rule = ruleAt(rules, metric)
      const { data, history } = held.get(node) ?? {}
      const newest = data === undefined ? Number.NaN : changingAt(data.figures, changing.at, position)
      // While samples come, the newest is the end: the slot of this very moment may still be empty.
      const end = data !== undefined && isLive(data, position, rule, now) ? newest : Math.max(now.at, newest)
      return windowOf(history?.[position], data?.figures, position, rule, seconds, end)
    },
    levels: (metric) => ruleAt(rules, metric).levels,
  }
}
