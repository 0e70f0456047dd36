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

/** What a snapshot shares of a node: written only until a snapshot holds it, then copied. */
export interface NodeData {
  readonly name: NodeName
  /** The generation of the store in which it may be written. */
  readonly generation: number
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

/** A node as the store keeps it. */
export interface NodeState {
  data: NodeData
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

export const createNodeState = (name: NodeName, generation: number): NodeState => ({
  data: {
    name,
    generation,
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
  history: catalogue.map(() => undefined),
  bands: catalogue.map(() => calm),
  judged: new Float64Array(catalogue.length).fill(Number.NaN),
  intervals: new Float64Array(catalogue.length).fill(Number.NaN),
  tableSince: undefined,
  nextEstimate: undefined,
  sampled: false,
})

/** The node's data, copied first if a snapshot holds it. */
export const writable = (state: NodeState, generation: number): NodeData => {
  if (state.data.generation !== generation) {
    state.data = { ...state.data, generation, figures: copyFigures(state.data.figures) }
  }
  return state.data
}
