import type { Scope } from '../events/origin.ts'
import type { MetricId } from '../metrics/catalogue.ts'
import type { Clean } from '../text/clean.ts'
import type { NamespaceReads } from './other-namespaces.ts'
import type { RootCommand } from './privilege/root-command.ts'
import type { SudoGate } from './privilege/sudo-gate.ts'
import type { TypedRun } from './programs/programs.ts'
import type { Take } from './sampler/take.ts'
import type { Taken } from './taken.ts'

/** What the node said of itself when the sampler started. Texts are outside strings. */
export interface NodeFlags {
  readonly uid: number
  readonly engine: string
  /** Folders and files that the bootstrap found, out of {@link knownPaths}. */
  readonly paths: ReadonlySet<string>
  /** Programs that the bootstrap found, out of {@link knownTools}. */
  readonly tools: ReadonlySet<string>
}

/** What a person set for the probes, from flags and configuration. */
export interface ProbeSettings {
  /** Further etcd metrics URLs, beside 127.0.0.1:2381. */
  readonly etcdMetrics: readonly string[]
  /** Folder for the disk probe; undefined: a fresh one in the state folder. */
  readonly diskProbeFolder?: string
  /** Addresses and ports of kntop's own connections to this node, never counted as traffic. */
  readonly ownPeers: readonly string[]
  /** What may run as root through sudo: single commands, or all of kntop; undefined: nothing. */
  readonly sudo?: 'commands' | 'root'
}

/** The files of a probe as the sampler last read them. */
export interface Section {
  /** Lines of a take as last read; undefined while it was never read, or is not there. */
  lines(take: string): readonly string[] | undefined
  /** Whether the take was read in the frame at hand. */
  fresh(take: string): boolean
  /** Seconds, by the node's uptime, between this read of the take and the one before; NaN at the first or after a gap. */
  seconds(take: string): number
  /** Whether the node has it: false once it was asked for and could not be read. */
  there(take: string): boolean
}

/** Everything that a tier may look at when it decides what to run. */
export interface ProbeContext {
  readonly flags: NodeFlags
  readonly settings: ProbeSettings
  readonly section: Section
  readonly sudo: SudoGate
  /** Whether the metric has a value from a better tier at the moment. */
  has(metric: MetricId): boolean
  /** Undefined until they were searched for. */
  readonly namespaces: NamespaceReads | undefined
  /** CPU seconds that all our commands (opt-ins apart) have cost this node so far. */
  readonly commandSeconds: number
}

/** Why a tier cannot run here. */
export interface Refusal {
  readonly missing: 'denied' | 'no-tool' | 'no-kernel' | 'not-asked' | 'not-applicable' | 'no-data'
  readonly advice: Clean
}

export interface Step<State> {
  readonly state: State
  readonly taken: Taken
}

interface TierBase {
  /** As shown to people: how the figures are taken. */
  readonly tier: string
  readonly metrics: readonly MetricId[]
  /** Whose figures these are, where a step does not say otherwise; default `host`. */
  readonly scope?: Scope
}

/**
 * Reads files through the sampler. `step` is called after each frame in which one of the probe's takes was read, and adds to
 * `taken` what it took. Its state belongs to one node and is written in place: one that is made anew every second lives just long
 * enough to be what the collector copies most.
 */
export interface FileTier<State> extends TierBase {
  readonly kind: 'files'
  /** A state of which nothing is known yet. */
  begin(): State
  step(state: State, section: Section, taken: Taken, context: ProbeContext): void
}

/** A shell text and its arguments ("$1", "$2", ...); never built from outside strings. */
export interface Script {
  readonly text: string
  readonly args: readonly string[]
  /**
   * Of a command that is run again and again: a text of a shell that comes before the first run, with the arguments. What it holds
   * in the foreground answers in place of runs, as the loop of `command-runner.ts` does (`$m` its marker, `$limit` the time of its
   * `read`), and exits; where it cannot, it goes on to that loop.
   */
  readonly held?: string
  /** The heart of it as a person would type it, for screens and docs; default: text and arguments. */
  readonly shown?: string
  /** Every program that it runs, where that is more than is shown, or other words than those. */
  readonly runs?: readonly TypedRun[]
  /** `root`: works only as root; `capture`: needs root or CAP_NET_RAW. Default: any user. */
  readonly needs?: 'root' | 'capture'
  /** What it runs as root, through sudo. */
  readonly sudo?: readonly RootCommand[]
}

/** What one run of a command gave. `seconds`: between this run and the one before, NaN at the first. */
export interface CommandOutput {
  readonly text: string
  readonly status: number
  readonly seconds: number
  /** True if the output was cut at its limit. */
  readonly cut: boolean
}

/** Runs a command every few seconds in a channel of its own, only while better tiers give nothing. */
export interface CommandTier<State> extends TierBase {
  readonly kind: 'command'
  readonly start: State
  /** Seconds between runs; stretched while the node's budget asks for it. */
  readonly every: number
  /** Seconds between runs while the last one gave no value; default: `every`. */
  readonly idle?: number
  /** Bytes of output accepted per run. */
  readonly limit: number
  /** What one run costs the node, in a few words. */
  readonly cost: string
  /** Everything that `program` may give, for people to read; what only the node knows stands in capitals. */
  scripts(settings: ProbeSettings): readonly Script[]
  program(context: ProbeContext): Script | Refusal
  step(state: State, output: CommandOutput, context: ProbeContext): Step<State>
  /** As that of a {@link StreamTier}. `seconds` of its next output reach back to its last run. */
  carry?(state: State): State
}

/** Runs as long as somebody asks for it, and answers in a stream. */
export interface StreamTier<State> extends TierBase {
  readonly kind: 'stream'
  readonly start: State
  readonly optIn: OptIn
  /** Seconds after which the command ends by itself; a successor is opened `overlap` seconds before. */
  readonly lease: number
  readonly overlap: number
  /** As those of a {@link CommandTier}. */
  scripts(settings: ProbeSettings): readonly Script[]
  program(context: ProbeContext): Script | Refusal
  /** `source` tells the overlapping runs apart. */
  step(state: State, chunk: Uint8Array, source: number, context: ProbeContext): State
  /** Once a second: what is complete. `at`: monotonic seconds. `running`: whether a run has been up for that second. */
  tick(state: State, at: number, running: boolean, context: ProbeContext): Step<State> & { readonly stop?: Refusal }
  /**
   * What of its state holds on in the next session on the same boot of the node, such as a window of observations: never
   * what would make a figure out of the time between. Not there: it starts anew.
   */
  carry?(state: State): State
  /** How a run ended, from its exit status and stderr; undefined: nothing to say. */
  ended?(code: number | null, stderr: Clean): Refusal | undefined
}

/** Something that runs only when asked for by name. */
export interface OptIn {
  readonly name: string
  /** What it costs the node, in a few words. */
  readonly cost: string
  /** Seconds until its first figures, where that is longer than a single look waits by itself. */
  readonly settle?: number
}

// Each tier keeps its own type of state; the engine hands it back untouched, so it needs no name for it.
// oxlint-disable-next-line typescript/no-explicit-any -- an existential type, which TypeScript cannot spell
export type Tier = FileTier<any> | CommandTier<any> | StreamTier<any>

/** Takes one group of metrics from a node: what it reads, and its tiers, best first. */
export interface Probe {
  readonly name: string
  /** What the sampler reads for this probe, by name. */
  readonly takes: Readonly<Record<string, Take>>
  readonly tiers: readonly Tier[]
}
