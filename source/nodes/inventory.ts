import type { MetricId } from '../metrics/catalogue.ts'
import { longestPeriod, nodeBudget } from './budget.ts'
import { commandLease } from './command-runner.ts'
import { identityScript } from './identity/identity.ts'
import { nodeTrees } from './namespaces/find-pod.ts'
import { findingRuns, lookText } from './namespaces/find-script.ts'
import type { LookKind, LookRun } from './namespaces/look-kind.ts'
import { looks } from './namespaces/looks.ts'
import { planOf } from './plan.ts'
import { rootTrial, shownEngine } from './privilege/connect-as-root.ts'
import { type RootCommand, shownRootCommand } from './privilege/root-command.ts'
import { type RootCommands, sudoersCommands } from './privilege/sudoers.ts'
import type { Probe, ProbeSettings, Script, Tier } from './probe.ts'
import { type NodeProgram, programsIn, type TypedRun } from './programs/programs.ts'
import { samplerRuns, shellRuns, trialRuns } from './programs/shell-runs.ts'
import { awkProgram, groups } from './sampler/awk.ts'
import { knownPaths, knownTools, samplerProgram, usualLeases } from './sampler/bootstrap.ts'
import { fallbackScript, filesOf } from './sampler/fallback.ts'
import { shellProgram } from './sampler/shell.ts'
import type { Every } from './sampler/take.ts'
import { shownScript } from './shown-script.ts'

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
  /** Seconds after which it ends by itself without us. */
  readonly lease: number | null
  readonly cost: string
  /** What else there is to know of it. */
  readonly note: string | null
  readonly reads: readonly ReadOnNode[]
  readonly runs: readonly RunOnNode[]
}

const budgetWords = `less often (to every ${longestPeriod} s) while the sampler and all commands would take more than ${nodeBudget} % of a core`

/** What sudo itself takes, on a small machine. */
const sudoTakes = 'some 15 ms'

/** What a run starts, by the words that are shown of it, or by those that are whole. */
const startedBy = (shown: TypedRun, runs: readonly TypedRun[] | undefined): Pick<RunOnNode, 'whole' | 'programs'> => ({
  whole: (runs ?? []).map(({ command }) => command),
  programs: programsIn(runs ?? [shown]),
})

const runOf = (script: Script): RunOnNode => ({
  command: shownScript(script),
  ...startedBy({ command: shownScript(script) }, script.runs),
  needs: script.sudo === undefined ? (script.needs ?? 'nothing') : 'sudo',
  sudoers: (script.sudo ?? []).flatMap(sudoersCommands),
  under: null,
  script: script.text.trim(),
  arguments: script.args,
})

const readsOf = (probes: readonly Probe[]): readonly ReadOnNode[] => {
  const { takes } = planOf(probes)
  const ofAll = groups.flatMap((every) => {
    const { files, patterns } = filesOf(takes, every)
    return [...files, ...patterns].map((file) => ({ file, every }))
  })
  // A part of them every second, so that each comes in its turn every 5 s.
  const ofPods = takes.flatMap(({ take }) =>
    take.kind === 'namespaces'
      ? [...take.named, ...take.rows, { file: 'stat' }].map(({ file }) => ({
          file: `${take.file}/${file}`,
          every: 5 as const,
        }))
      : [],
  )
  return [...ofAll, ...ofPods]
}

type Named = Pick<Entry, 'probe' | 'tier' | 'kind' | 'cost'>

/** An entry with the fields of every other, in one order: most of them say nothing of most things. */
const entryOf = ({
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

/** A run of what belongs to no tier. */
const ownRun = (
  command: string,
  script: string,
  { args = [], runs }: { readonly args?: readonly string[]; readonly runs?: readonly TypedRun[] } = {},
): RunOnNode => ({
  command,
  ...startedBy({ command }, runs),
  needs: 'nothing',
  sudoers: [],
  under: null,
  script,
  arguments: args,
})

/** The one program that every node runs while it is watched. */
const samplerEntry = (probes: readonly Probe[]): Entry => {
  const { takes } = planOf(probes)
  const awk = awkProgram(takes)
  const { input = '' } = samplerProgram({
    marker: ['RANDOM', 'MARKER'],
    awk,
    fallback: fallbackScript(takes, usualLeases),
  })
  return entryOf({
    probe: 'sampler',
    tier: 'awk',
    kind: 'sampler',
    every: 1,
    lease: usualLeases.relay,
    cost: 'about 1 to 4 ms of CPU a second, by the machine and its awk, and 160 bytes; measured as kntop.node_cpu',
    note: `as it begins it looks whether there are ${[...knownPaths, ...knownTools].join(', ')}; under a shell whose read knows no time limit (plain dash) its lease is ${usualLeases.timeout} s from its start`,
    reads: readsOf(probes),
    runs: [ownRun("awk '...' (head, once a second, where there is no awk)", input, { runs: samplerRuns(awk) })],
  })
}

/** What a node of a cluster is asked before anything else. */
const identityEntry = entryOf({
  probe: 'identity',
  tier: 'files',
  kind: 'identity',
  cost: 'one fork, 2 ms of CPU',
  note: 'once for each connection to a node of a cluster: no figure is shown under the name of another machine',
  runs: [ownRun('grep -B1 "host LOCAL" /proc/net/fib_trie', identityScript)],
})

/** What everything else is run by. */
const shellEntry = (isRoot: boolean): Entry =>
  entryOf({
    probe: 'shell',
    tier: 'sh',
    kind: 'shell',
    cost: 'one to three programs for each that is held open; part of what those cost that it runs',
    note: 'the same words for everything: the script comes on stdin. The login shell runs sh; where the read of that knows no time limit, busybox or bash take over, where they are',
    runs: [
      ownRun(`sh -c '...' kntop '...'`, '', { args: shellProgram('', []).argv.slice(1), runs: shellRuns(isRoot) }),
    ],
  })

/** Whether sudo lets everything run as root: asked before anything else, where that is wished. */
const sudoEntry = entryOf({
  probe: 'sudo',
  tier: 'root',
  kind: 'sudo',
  cost: `one sudo, ${sudoTakes} of CPU, and a line in the log`,
  note: 'where sudo refuses, the rest runs as the user that logs in, and it is tried again once an hour',
  runs: [
    ownRun(`${shownEngine} -c ':'`, rootTrial.argv[2] ?? '', {
      args: rootTrial.argv.slice(3),
      runs: trialRuns,
    }),
  ],
})

/** The same under `--sudo root`. */
const asRoot = (entry: Entry): Entry => ({
  ...entry,
  runs: entry.runs.map((run) => ({ ...run, under: shownEngine })),
})

const commandCost = (cost: string, runs: readonly RunOnNode[]): string => {
  const throughSudo = `; through sudo ${sudoTakes} more, and a line in the log`
  return `${cost}${runs.some(({ needs }) => needs === 'sudo') ? throughSudo : ''}; ${budgetWords}`
}

const tierEntry = (probe: Probe, tier: Tier, settings: ProbeSettings): Entry => {
  const common = { probe: probe.name, tier: tier.tier, metrics: tier.metrics }
  if (tier.kind === 'files')
    return entryOf({ ...common, kind: 'files', cost: 'part of the sampler', reads: readsOf([probe]) })
  // Where all of it runs as root nothing goes through a sudo of its own.
  const runs = tier
    .scripts(settings)
    .filter(({ sudo }) => sudo === undefined || settings.sudo !== 'root')
    .map(runOf)
  return tier.kind === 'command'
    ? entryOf({
        ...common,
        kind: 'command',
        every: tier.every,
        lease: commandLease,
        cost: commandCost(tier.cost, runs),
        runs,
      })
    : entryOf({
        ...common,
        kind: 'opt-in',
        optIn: tier.optIn.name,
        lease: tier.lease,
        cost: tier.optIn.cost,
        runs,
      })
}

/** The words of a script that looks into a pod's namespace. */
const lookArguments = ['MARKER', 'pod', 'UID', 'UID', 'UID', 'CONTAINER'] as const

/** Those of one that is told of a service: it looks at the node itself. */
const serviceArguments = ['CHAINS-AND-ADDRESSES', 'MARKER', 'node'] as const

const lookRuns = (
  runs: readonly LookRun[],
  script: string,
  words: readonly string[] = lookArguments,
): readonly RunOnNode[] =>
  runs.map((run) => ({
    command: run.command,
    ...startedBy(run, [run]),
    whole: [],
    needs: run.needs,
    sudoers: [],
    under: null,
    script: script.trim(),
    arguments: words,
  }))

/** What begins every look: which process stands for the pod. */
const findingEntry: Entry = {
  probe: 'namespace',
  tier: 'finding',
  kind: 'look',
  optIn: null,
  metrics: [],
  every: null,
  lease: 60,
  cost: 'one process, 2 to 3 ms of CPU; 4 to 7 ms where all processes are searched, some 100 ms where a runtime is asked',
  note: `begins every look. A shell reads ${nodeTrees.cgroups}/.../cgroup.procs, and /proc/PID/stat and cgroup; only where no control group bears the pod's names all processes are searched, and only where that finds none a runtime is asked`,
  reads: [],
  runs: lookRuns(findingRuns, lookText({ script: '' })),
}

const bySudoWords = (command: RootCommand): string => `nice -n 19 sudo -n ${shownRootCommand(command)}`

/** What a look runs as root through sudo, where nobody is root. */
const bySudo = ({ sudo = [], ...look }: LookKind): readonly RunOnNode[] =>
  sudo.map((command) => ({
    command: bySudoWords(command),
    ...startedBy({ command: bySudoWords(command) }, undefined),
    needs: 'sudo',
    sudoers: sudoersCommands(command),
    under: null,
    script: lookText(look).trim(),
    arguments: lookArguments,
  }))

const lookEntry = (look: LookKind, { sudo }: ProbeSettings): Entry => ({
  probe: 'namespace',
  tier: look.tab,
  kind: 'look',
  optIn: null,
  metrics: [],
  every: look.every ?? null,
  lease: 60,
  cost: look.cost,
  note: look.reads === undefined ? null : `a shell reads ${look.reads.join(', ')}`,
  reads: [],
  runs: [
    ...lookRuns(look.runs, lookText(look), look.words === undefined ? lookArguments : serviceArguments),
    // Where all of it runs as root nothing goes through a sudo of its own.
    ...(sudo === 'root' ? [] : bySudo(look)),
  ],
})

/** Everything that may happen on a node, the sampler first. */
export const inventory = (probes: readonly Probe[], settings: ProbeSettings): readonly Entry[] => {
  const sampler = samplerEntry(probes)
  const tiers = probes.flatMap((probe) => probe.tiers.map((tier) => tierEntry(probe, tier, settings)))
  const namespaces = [findingEntry, ...looks.map((look) => lookEntry(look, settings))]
  // Which machine it is, is asked before anybody becomes root there.
  return settings.sudo === 'root'
    ? [asRoot(sampler), identityEntry, shellEntry(true), sudoEntry, ...[...tiers, ...namespaces].map(asRoot)]
    : [sampler, identityEntry, shellEntry(false), ...tiers, ...namespaces]
}

/** What runs as root through sudo, by probe, and by look. */
export const rootCommands = (probes: readonly Probe[], settings: ProbeSettings): readonly RootCommands[] => [
  ...probes.flatMap((probe) => {
    const scripts = probe.tiers.flatMap((tier) => (tier.kind === 'files' ? [] : tier.scripts(settings)))
    const all = scripts.flatMap(({ sudo = [] }) => sudo)
    const commands = all.filter(
      (one, index) => all.findIndex((other) => shownRootCommand(other) === shownRootCommand(one)) === index,
    )
    return commands.length === 0 ? [] : [{ probe: probe.name, commands }]
  }),
  ...looks.flatMap(({ tab, sudo = [] }) => (sudo.length === 0 ? [] : [{ probe: tab, commands: sudo }])),
]
