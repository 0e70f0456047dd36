import type { Tally, TallyKind } from '../events/event.ts'
import type { Link, OptInStatus } from '../events/link.ts'
import type { Sockets } from '../events/sockets.ts'
import type { NodeName } from '../events/subject.ts'
import { type MetricId, positionOf } from '../metrics/catalogue.ts'
import type { FactId } from '../metrics/facts.ts'
import type { Band } from '../metrics/metric.ts'
import type { Clean } from '../text/clean.ts'
import { worstOf } from './crossings.ts'
import { column, figureAt, newestAt } from './figures.ts'
import type { NodeData } from './node-state.ts'
import { type Now, wallOf } from './now.ts'
import { type Reading, readingOf } from './reading.ts'
import { type Rule, ruleAt } from './rules.ts'
import type { Series } from './series.ts'

/** A node as of a snapshot. */
export interface NodeView {
  readonly name: NodeName
  /** Undefined while nothing was said of it. */
  readonly link: Link | undefined
  /** Since when the link is in its state, wall ms; of a node that was lost, refused or silent: since when it is not live. */
  readonly linkSince: number
  /** Whether it was lost, refused or silent, and has not been live since. */
  readonly isLost: boolean
  readonly facts: ReadonlyMap<FactId, Clean>
  /** By the name of the opt-in. */
  readonly optIns: ReadonlyMap<string, OptInStatus>
  readonly tallies: ReadonlyMap<TallyKind, Tally>
  /** The last reading of the sockets of all its namespaces, however old; undefined: there was none. */
  readonly sockets: Sockets | undefined
  /** Seconds since its newest figure was taken; NaN while there is none. */
  readonly newest: number
  /** The newest value, stale or not; NaN where it is missing. */
  value(metric: MetricId): number
  reading(metric: MetricId): Reading
  /** The worst band of its live figures; `critical` if it is lost. */
  worst(): Band
}

/** What all nodes of a snapshot share. */
interface Moment {
  readonly rules: readonly Rule[]
  readonly now: Now
}

/** A node as a snapshot holds it. */
export interface HeldNode extends NodeView {
  readonly data: NodeData
  readonly history: readonly (Series | undefined)[]
}

// A class, because there are thousands a second: an object with closures of its own is seven times the size, and outlives
// the collector's young generation.
class Held implements HeldNode {
  readonly data: NodeData
  readonly history: readonly (Series | undefined)[]
  readonly moment: Moment
  band: Band | undefined = undefined
  age = -1

  constructor(data: NodeData, history: readonly (Series | undefined)[], moment: Moment) {
    this.data = data
    this.history = history
    this.moment = moment
  }

  get name(): NodeName {
    return this.data.name
  }
  get link(): Link | undefined {
    return this.data.link
  }
  get linkSince(): number {
    return wallOf(this.moment.now, this.data.linkAt)
  }
  get isLost(): boolean {
    return this.data.down
  }
  get facts(): ReadonlyMap<FactId, Clean> {
    return this.data.facts
  }
  get optIns(): ReadonlyMap<string, OptInStatus> {
    return this.data.optIns
  }
  get tallies(): ReadonlyMap<TallyKind, Tally> {
    return this.data.tallies
  }
  get sockets(): Sockets | undefined {
    return this.data.sockets
  }
  get newest(): number {
    if (this.age === -1) this.age = Math.max(0, this.moment.now.at - newestAt(this.data.figures)) / 1000
    return this.age
  }
  value(metric: MetricId): number {
    const { figures } = this.data
    const position = positionOf(metric)
    return figureAt(figures, column.current, position) === 1 ? figureAt(figures, column.value, position) : Number.NaN
  }
  reading(metric: MetricId): Reading {
    const { rules, now } = this.moment
    return readingOf(this.data, positionOf(metric), ruleAt(rules, metric), now)
  }
  worst(): Band {
    this.band ??= worstOf(this.data, this.moment.rules, this.moment.now)
    return this.band
  }
}

export const holdNode = (data: NodeData, history: readonly (Series | undefined)[], moment: Moment): HeldNode =>
  new Held(data, history, moment)
