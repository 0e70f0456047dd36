import { longestPeriod, nodeBudget } from './budget.ts'
import { commandLease } from './command-runner.ts'
import { identityScript } from './identity/identity.ts'
import { type Entry, entryOf, type ReadOnNode, type RunOnNode, startedBy } from './inventory-entry.ts'
import { lookEntries } from './inventory-looks.ts'
import { looks } from './namespaces/looks.ts'
import { planOf } from './plan.ts'
import { rootTrial, shownEngine } from './privilege/connect-as-root.ts'
import { shownRootCommand } from './privilege/root-command.ts'
import { type RootCommands, sudoersCommands } from './privilege/sudoers.ts'
import type { Probe, ProbeSettings, Script, Tier } from './probe.ts'
import type { TypedRun } from './programs/programs.ts'
import { samplerRuns, shellRuns, trialRuns } from './programs/shell-runs.ts'
import { awkProgram, groups } from './sampler/awk.ts'
import { knownPaths, knownTools, samplerProgram, usualLeases } from './sampler/bootstrap.ts'
import { fallbackScript, filesOf } from './sampler/fallback.ts'
import { shellProgram } from './sampler/shell.ts'
import { shownScript } from './shown-script.ts'

const budgetWords = `less often (to every ${longestPeriod} s) while the sampler and all commands would take more than ${nodeBudget} % of a core`

/** What sudo itself takes, on a small machine. */
const sudoTakes = 'some 15 ms'

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
    note: 'the same words for everything: the script comes on stdin. The login shell runs sh; where the read of that knows no time limit, busybox or bash take over, where they are. Where they are not (plain dash), no silence ends commands and looks: they end with their connection, once sshd gives that up or as kntop comes back. A run that is under way comes to its own end: what waits for somebody else there has a limit of time',
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

/** Everything that may happen on a node, the sampler first. */
export const inventory = (probes: readonly Probe[], settings: ProbeSettings): readonly Entry[] => {
  const sampler = samplerEntry(probes)
  const tiers = probes.flatMap((probe) => probe.tiers.map((tier) => tierEntry(probe, tier, settings)))
  const namespaces = lookEntries(settings)
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
