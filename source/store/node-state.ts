import type { Tally, TallyKind } from '../events/event.ts'
import type { Link, OptInStatus } from '../events/link.ts'
import type { Origin } from '../events/origin.ts'
import type { Sockets } from '../events/sockets.ts'
import type { NodeName } from '../events/subject.ts'
import { type BandState, calm } from '../metrics/bands.ts'
import { catalogue } from '../metrics/catalogue.ts'
import type { FactId } from '../metrics/facts.ts'
import type { Clean } from '../text/clean.ts'
import { copyFigures, emptyFigures, type Figures } from './figures.ts'
import type { PodTable } from './pod-figures.ts'
import type { Series } from './series.ts'

/** What a snapshot shares of a node: written only until a snapshot holds it. */
export interface NodeData {
  readonly name: NodeName
  /** The first and the last snapshot that hold it; the first is yet to be made as long as it may be written. */
  first: number
  last: number
  readonly figures: Figures
  /** Per metric, in the order of the catalogue; the array is replaced, never written. */
  origins: readonly (Origin | undefined)[]
  link: Link | undefined
  /** Since when the link is in its state, monotonic ms. */
  linkAt: number
  /** Not watched: it was lost, refused or silent, and has not been live since. */
  down: boolean
  facts: ReadonlyMap<FactId, Clean>
  optIns: ReadonlyMap<string, OptInStatus>
  tallies: ReadonlyMap<TallyKind, Tally>
  /** The last reading of the sockets of all its namespaces. */
  sockets: Sockets | undefined
  /** What it told of its pods; undefined before it did. */
  pods: PodTable | undefined
}

/** Which snapshots there are, by their numbers. */
export interface Era {
  /** That of the next one. */
  readonly next: number
  /** Whether somebody may still read one of these. */
  isRead(first: number, last: number): boolean
}

/** A node as the store keeps it. */
export interface NodeState {
  data: NodeData
  /** What `data` was before: it serves again once nobody reads the snapshots that hold it. */
  spare: NodeData | undefined
  /** Per metric; a series is made when the first value comes. Snapshots read it by slot numbers. */
  readonly history: (Series | undefined)[]
  /** What hysteresis remembers, per metric. */
  readonly bands: BandState[]
  /** When each metric's last value was judged, monotonic seconds; NaN: never. */
  readonly judged: Float64Array
  /** Milliseconds between each metric's last two samples; NaN before the second. */
  readonly intervals: Float64Array
  /** Since when the table has been read, monotonic ms; undefined before. */
  tableSince: number | undefined
  /** When the time to full is worked out next, monotonic ms; undefined before the first reading of the table. */
  nextEstimate: number | undefined
  /** Whether a sample ever came. */
  sampled: boolean
}

// They are replaced and never written: one of each for all nodes of which there is nothing to say.
const noFacts: NodeData['facts'] = new Map()
const noOptIns: NodeData['optIns'] = new Map()
const noTallies: NodeData['tallies'] = new Map()

export const createNodeState = (name: NodeName, { next }: Era): NodeState => ({
  data: {
    name,
    first: next,
    last: next,
    figures: emptyFigures(),
    origins: catalogue.map(() => undefined),
    link: undefined,
    linkAt: 0,
    down: false,
    facts: noFacts,
    optIns: noOptIns,
    tallies: noTallies,
    sockets: undefined,
    pods: undefined,
  },
  spare: undefined,
  history: catalogue.map(() => undefined),
  bands: catalogue.map(() => calm),
  judged: new Float64Array(catalogue.length).fill(Number.NaN),
  intervals: new Float64Array(catalogue.length).fill(Number.NaN),
  tableSince: undefined,
  nextEstimate: undefined,
  sampled: false,
})

/** Makes the one the same as the other, but for the snapshots that hold it. */
const refill = (from: NodeData, to: NodeData): NodeData => {
  copyFigures(from.figures, to.figures)
  to.origins = from.origins
  to.link = from.link
  to.linkAt = from.linkAt
  to.down = from.down
  to.facts = from.facts
  to.optIns = from.optIns
  to.tallies = from.tallies
  to.sockets = from.sockets
  to.pods = from.pods
  return to
}

/**
 * The node's data as they may be written. Where a snapshot holds them, they are copied first, if possible into those of a snapshot
 * that nobody reads any more: copies of a thousand nodes a second, each of which lives for one, were a quarter of what the collector
 * had to move.
 */
export const writable = (state: NodeState, era: Era): NodeData => {
  const { data, spare } = state
  if (data.first === era.next) return data
  data.last = era.next - 1
  const isFree = spare !== undefined && !era.isRead(spare.first, spare.last)
  const next = isFree ? refill(data, spare) : { ...data, figures: data.figures.slice() }
  next.first = era.next
  state.spare = data
  state.data = next
  return next
}
