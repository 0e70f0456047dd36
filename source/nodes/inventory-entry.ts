import type { MetricId } from '../metrics/catalogue.ts'
import { type NodeProgram, programsIn, type TypedRun } from './programs/programs.ts'
import type { Every } from './sampler/take.ts'

/** Something that is run on a node. */
export interface RunOnNode {
  /** The heart of it as a person would type it; what only the node knows stands in capitals. */
  readonly command: string
  /** Commands as in `command`, whole, where that is more than the heart of it. */
  readonly whole: readonly string[]
  /** Every program that it starts, those included that others start in their place. */
  readonly programs: readonly NodeProgram[]
  /** `capture`: root or CAP_NET_RAW. `sudo`: any user, if sudo lets the lines of `sudoers` pass. */
  readonly needs: 'nothing' | 'root' | 'capture' | 'sudo'
  readonly sudoers: readonly string[]
  /** What runs it as root, where sudo lets it (`--sudo root`); null: nothing, it runs as the user that logs in. */
  readonly under: string | null
  /** The whole shell text, and its arguments. */
  readonly script: string
  readonly arguments: readonly string[]
}

/** A file, or a shell pattern for files, and the seconds between two reads. */
export interface ReadOnNode {
  readonly file: string
  readonly every: Every
}

/** One thing that kntop may do on a node: the sampler, a tier of a probe, or a look into a namespace. */
export interface Entry {
  readonly probe: string
  readonly tier: string
  readonly kind: 'sampler' | 'identity' | 'shell' | 'sudo' | 'files' | 'command' | 'opt-in' | 'look'
  /** The name that it is asked for by; null: it needs no asking. */
  readonly optIn: string | null
  readonly metrics: readonly MetricId[]
  /** Seconds between two runs as wished; null: it does not run now and then. */
  readonly every: number | null
  /** Seconds after which it ends by itself without us; under a plain dash see the note of `shell`. */
  readonly lease: number | null
  readonly cost: string
  /** What else there is to know of it. */
  readonly note: string | null
  readonly reads: readonly ReadOnNode[]
  readonly runs: readonly RunOnNode[]
}

/** What a run starts, by the words that are shown of it, or by those that are whole. */
export const startedBy = (
  shown: TypedRun,
  runs: readonly TypedRun[] | undefined,
): Pick<RunOnNode, 'whole' | 'programs'> => ({
  whole: (runs ?? []).map(({ command }) => command),
  programs: programsIn(runs ?? [shown]),
})

type Named = Pick<Entry, 'probe' | 'tier' | 'kind' | 'cost'>

/** An entry with the fields of every other, in one order: most of them say nothing of most things. */
export const entryOf = ({
  optIn = null,
  metrics = [],
  every = null,
  lease = null,
  note = null,
  reads = [],
  runs = [],
  ...named
}: Named & Partial<Omit<Entry, keyof Named>>): Entry => {
  const { probe, tier, kind, cost } = named
  return { probe, tier, kind, optIn, metrics, every, lease, cost, note, reads, runs }
}
