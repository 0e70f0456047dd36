import type { Event } from '../events/event.ts'
import type { OptInStatus } from '../events/link.ts'
import type { Absence } from '../events/origin.ts'
import type { NodeName } from '../events/subject.ts'
import { type Arbiter, createArbiter } from './arbiter.ts'
import { layoutOf } from './arbiter-layout.ts'
import { briefly } from './briefly.ts'
import { stretch } from './budget.ts'
import { type CommandTierRun, runCommandTier } from './command-tier.ts'
import type { Connection } from './connections/connection.ts'
import { createEmission } from './emission.ts'
import { createNamespaceRounds, type NamespaceTick } from './namespace-rounds.ts'
import { type Plan, sectionOf } from './plan.ts'
import type { SudoGate } from './privilege/sudo-gate.ts'
import type { FileTier, Probe, ProbeContext, ProbeSettings, Section, Tier } from './probe.ts'
import type { Hello } from './sampler/decoder.ts'
import type { FrameCount, Held, Reads } from './sampler/held.ts'
import { recentShare, samplerShare } from './sampler-share.ts'
import { sessionTier, type TierHost } from './session-tier.ts'
import { runStreamTier, type StreamTierRun } from './stream-tier.ts'
import { empty, nothingTaken } from './taken.ts'
import { contextOf, type SharedContext } from './tier-context.ts'
import type { TierMemory } from './tier-memory.ts'

export interface SessionOptions {
  readonly node: NodeName
  readonly connection: Connection
  readonly probes: readonly Probe[]
  readonly plan: Plan
  readonly settings: ProbeSettings
  /** What sudo has answered on this node, over all its sessions. */
  readonly sudo: SudoGate
  /** What tiers have gathered on this node, over all its sessions on one boot. */
  readonly memory: TierMemory
  readonly hello: Hello
  readonly held: readonly (Held | undefined)[]
  readonly count: Readonly<FrameCount>
  readonly asked: (optIn: string) => boolean
  readonly emit: (events: readonly Event[]) => void
  /** How an opt-in stands, each time that this changes. */
  readonly status: (status: OptInStatus) => void
  readonly now: () => number
  readonly signal: AbortSignal
}

/** All probes of one node over one connection. */
export interface NodeSession {
  /** A frame has been read; `at` is the time of the tick that asked for it. */
  frame(at: number): void
  /** Once a second: commands and streams that are due. */
  second(at: number): void
  /** What the next tick reads of other network namespaces; `all`: all of them. */
  namespaces(all: boolean): NamespaceTick | undefined
  /** Runs every command once, now. */
  runAll(at: number): Promise<void>
  /** Share of a core, in percent, that the sampler and the commands take as they run now. */
  share(): number
}

/** What the step at hand takes: it is given on before the next one begins, on whichever node. */
const taken = nothingTaken()

interface TierRun {
  readonly arbiter: Arbiter
  readonly tier: Tier
  readonly index: number
  readonly context: ProbeContext
  /** Of a tier that reads files. */
  state: unknown
  command: CommandTierRun | undefined
  stream: StreamTierRun | undefined
}

interface ProbeRun {
  readonly probe: Probe
  /** Of each group of files that it reads. */
  readonly reads: readonly Reads[]
  readonly section: Section
  readonly arbiter: Arbiter
  readonly tiers: readonly TierRun[]
}

/** Seconds between two looks at what commands cost: no command is wished more often. */
const stretchEvery = 5

/** What stands in the cells of a probe that failed. */
const faultOf = (probe: string, error: unknown): Absence => ({
  missing: 'no-data',
  advice: briefly(error, `the probe ${probe} failed, please report it:`),
})

export const startSession = (options: SessionOptions): NodeSession => {
  const { node, connection, hello, count, signal } = options
  const emission = createEmission(node)
  const subject = { node }
  let seconds = 0

  const commands: CommandTierRun[] = []
  const spentByCommands = (): number => commands.reduce((sum, command) => sum + command.cost().total, 0)

  const rounds = createNamespaceRounds()
  const shared: SharedContext = {
    flags: hello,
    settings: options.settings,
    sudo: options.sudo,
    // Asked for by one probe every few seconds: not added up for every frame.
    get commandSeconds() {
      return spentByCommands()
    },
    namespaces: undefined,
  }
  const held = (): SessionOptions['held'] => options.held
  const frame = (): number => count.frames

  const runs = options.probes.map((probe, index): ProbeRun => {
    const numbers = options.plan.numbers[index] ?? new Map<string, number>()
    const section = sectionOf(numbers, held, frame)
    const takes = [...numbers.values()].flatMap((number) => options.held[number] ?? [])
    const reads = [...new Set(takes.map((one) => one.reads))]
    const arbiter = createArbiter(options.plan.layouts[index] ?? layoutOf(probe.tiers))
    const tiers = probe.tiers.map((tier, index): TierRun => {
      const context = contextOf(shared, section, arbiter, index)
      const state: unknown = tier.kind === 'files' ? tier.begin() : undefined
      return { arbiter, tier, index, context, state, command: undefined, stream: undefined }
    })
    return { probe, reads, section, arbiter, tiers }
  })

  /** Nearly always none. */
  const noOrigins: readonly Event[] = []
  const originsOf = (arbiter: Arbiter): readonly Event[] => {
    const changes = arbiter.changes()
    if (changes.length === 0) return noOrigins
    return changes.map(({ metric, origin }): Event => ({ type: 'origin', subject, metric, origin }))
  }

  const noteStretch = ({ arbiter, tier, index, command }: TierRun): void => {
    const period = command?.period()
    if (period === undefined || tier.kind !== 'command') return
    arbiter.stretched(index, period > tier.every * 1.2 ? Math.round(period) : undefined)
  }

  const host: TierHost<TierRun> = {
    connection,
    signal,
    now: options.now,
    /** Values that arrive between frames make a sample of their own. */
    deliver(one, taken, at) {
      noteStretch(one)
      emission.add(taken, one.arbiter.accept(one.index, taken), at)
      if (taken.namespaces !== undefined) {
        rounds.know(taken.namespaces)
        shared.namespaces = { others: taken.namespaces, every: rounds.every() }
      }
      options.emit([...originsOf(one.arbiter), ...emission.drain(at)])
    },
    refuse({ arbiter, index }, absence) {
      arbiter.refuse(index, absence)
      const origins = originsOf(arbiter)
      if (origins.length > 0) options.emit(origins)
    },
    status: options.status,
  }

  /** What runs something. */
  const running = runs.flatMap(({ tiers }) => tiers.filter(({ tier }) => tier.kind !== 'files'))
  for (const { probe, tiers } of runs)
    for (const one of tiers) {
      const { tier, index, context } = one
      const slot = 'carry' in tier ? options.memory.slot(`${probe.name} ${index}`) : undefined
      if (tier.kind === 'command') {
        one.command = runCommandTier(sessionTier(host, one, tier, context, slot))
        commands.push(one.command)
      }
      if (tier.kind === 'stream') one.stream = runStreamTier(sessionTier(host, one, tier, context, slot))
    }

  const stepFiles = (run: ProbeRun, one: TierRun, tier: FileTier<unknown>, at: number): void => {
    try {
      empty(taken)
      tier.step(one.state, run.section, taken, one.context)
      emission.add(taken, run.arbiter.accept(one.index, taken), at)
    } catch (error) {
      // A fault of one probe costs its own cells only, and says so in them.
      one.state = tier.begin()
      run.arbiter.refuse(one.index, faultOf(run.probe.name, error))
    }
  }

  const isFresh = ({ reads }: ProbeRun): boolean => {
    for (let index = 0; index < reads.length; index += 1) if (reads[index]?.frame === count.frames) return true
    return false
  }

  const stepProbe = (run: ProbeRun, at: number): void => {
    if (!isFresh(run)) return
    for (let index = 0; index < run.tiers.length; index += 1) {
      const one = run.tiers[index]
      if (one?.tier.kind === 'files') stepFiles(run, one, one.tier, at)
    }
  }

  const poll = ({ arbiter, tier, index, command, stream }: TierRun, at: number): void => {
    if (command !== undefined) command.poll(at, count.frames > 0 && arbiter.needed(index))
    // What an opt-in would run here is known once files have been read.
    if (tier.kind === 'stream' && count.frames > 0) stream?.poll(at, options.asked(tier.optIn.name))
  }

  const ownShare = samplerShare(options.held, hello.engine)
  const shareOfLate = recentShare(options.held)
  const stretchRounds = (): void => {
    const share = shareOfLate()
    if (share === undefined || shared.namespaces === undefined) return
    rounds.adapt(share)
    shared.namespaces = { ...shared.namespaces, every: rounds.every() }
  }
  const stretchCommands = (share: number): void => {
    const periods = stretch(
      share,
      commands.map((command) => command.cost()),
    )
    commands.forEach((command, index) => command.stretchTo(periods[index] ?? command.cost().every))
  }

  return {
    frame(at) {
      let origins = noOrigins
      for (let index = 0; index < runs.length; index += 1) {
        const run = runs[index]
        if (run === undefined) continue
        stepProbe(run, at)
        const more = originsOf(run.arbiter)
        if (more.length > 0) origins = [...origins, ...more]
      }
      const events = emission.drain(at)
      options.emit(origins.length === 0 ? events : [...origins, ...events])
    },
    second(at) {
      if (seconds % stretchEvery === 0) {
        stretchCommands(ownShare())
        stretchRounds()
      }
      seconds += 1
      for (let index = 0; index < running.length; index += 1) {
        const one = running[index]
        if (one !== undefined) poll(one, at)
      }
    },
    share: () => commands.reduce((sum, command) => sum + (command.cost().cost / command.period()) * 100, ownShare()),
    namespaces: (all) => (hello.engine === 'awk' ? rounds.next(all) : undefined),
    async runAll(at) {
      await Promise.all(
        runs.flatMap((run) =>
          run.tiers.flatMap(({ command, index }) => (command && run.arbiter.needed(index) ? [command.runNow(at)] : [])),
        ),
      )
    },
  }
}
