import { type Entry, type RunOnNode, startedBy } from './inventory-entry.ts'
import { nodeTrees } from './namespaces/find-pod.ts'
import { findingRuns, lookText } from './namespaces/find-script.ts'
import type { LookKind, LookRun } from './namespaces/look-kind.ts'
import { looks } from './namespaces/looks.ts'
import { type RootCommand, shownRootCommand } from './privilege/root-command.ts'
import { sudoersCommands } from './privilege/sudoers.ts'
import type { ProbeSettings } from './probe.ts'

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

/** What may be run to look into namespaces: how each look begins, then a look each. */
export const lookEntries = (settings: ProbeSettings): readonly Entry[] => [
  findingEntry,
  ...looks.map((look) => lookEntry(look, settings)),
]
