import { hasModule, moduleCommand, withoutModule } from '../kernel-module.ts'
import { killed, limitedTo } from '../limited.ts'
import { type RootCommand, shownRootCommand } from '../privilege/root-command.ts'
import { throughSudo } from '../privilege/root-needed.ts'
import type { CommandOutput, CommandTier, ProbeContext, Script, Step } from '../probe.ts'
import { refuse } from '../refuse.ts'
import { miss, nothingTaken, take } from '../taken.ts'
import { ciliumSeen, tellCilium } from './cilium.ts'
import { conntrackCounters, conntrackStatistics, notCounted } from './conntrack-counters.ts'
import { kernelAtLeast } from './kernel-release.ts'
import { wrappingRate } from './rates.ts'

/** The counters as the last run gave them, by name. */
type State = ReadonlyMap<string, number>

/** The module that answers the tool: asked without it the kernel would load it. */
const netlink = 'nf_conntrack_netlink'
const unloaded = 'unloaded'
const loaded = `${hasModule(netlink)} || { echo ${unloaded}; exit 0; }`
const gate = [{ command: moduleCommand(netlink) }] as const

/** Seconds that the tool may take. */
const patience = 4
const limited = limitedTo(patience)

const nothingRead = (status: number): string =>
  status === killed
    ? `conntrack -S did not answer within ${patience} s: look at the load of this node.`
    : `conntrack -S gave nothing to read (exit status ${status}): run it on the node.`

const step = (before: State, output: CommandOutput, { section }: ProbeContext): Step<State> => {
  const taken = nothingTaken()
  const whole = output.status === 0 && !output.cut
  const counters: State = whole ? conntrackStatistics(output.text) : new Map()
  const release = section.lines('release')?.[0] ?? ''
  const isUnloaded = output.text.startsWith(unloaded)
  for (const counter of conntrackCounters) {
    const { metric, key, since } = counter
    const value = counters.get(key)
    if (value !== undefined) {
      const growth = wrappingRate(before.get(key) ?? Number.NaN, value, output.seconds)
      take(taken, metric, growth, { window: output.seconds })
    } else if (isUnloaded) miss(taken, metric, 'no-kernel', withoutModule(netlink))
    else if (counters.size === 0) miss(taken, metric, 'no-data', nothingRead(output.status))
    else if (since !== undefined && !kernelAtLeast(release, ...since))
      miss(taken, metric, 'no-kernel', notCounted(counter))
    else miss(taken, metric, 'no-tool', `The conntrack tool of this node is too old to show ${key}: a newer one does.`)
  }
  tellCilium(taken, ciliumSeen(section, 'cilium'))
  return { state: counters, taken }
}

const asRoot: Script = {
  text: `${loaded}; exec ${limited} conntrack -S`,
  args: [],
  shown: `${limited} conntrack -S`,
  runs: [...gate, { command: `${limited} conntrack -S` }],
  needs: 'root',
}

/** Where the tool may lie. */
const places = ['/usr/sbin/conntrack', '/usr/bin/conntrack'] as const

// What runs as root is ended by nobody else.
const rootCommands: readonly RootCommand[] = places.map((place) => ({
  paths: ['/usr/bin/timeout'],
  words: [...limited.split(' ').slice(1), place, '-S'],
}))
const bySudoWords = rootCommands.map((command) => `sudo -n ${shownRootCommand(command)}`)

// What sudo says stands among the output: the loop that runs this hears no stderr.
const bySudo: Script = {
  text: `${loaded}; for p in ${places.join(' ')}; do [ -x "$p" ] && exec sudo -n /usr/bin/${limited} "$p" -S 2>&1; done; exit 127`,
  args: [],
  shown: bySudoWords[0] ?? '',
  runs: [...gate, ...bySudoWords.map((command) => ({ command }))],
  sudo: rootCommands,
}

const needsRoot =
  'This kernel shows the counters to conntrack -S only, which needs root: connect as root, or see kntop commands.'

/** The counters by ctnetlink, where the kernel shows them in no file (as Azure's do), as root. */
export const conntrackCommandTier: CommandTier<State> = {
  kind: 'command',
  tier: 'conntrack -S',
  metrics: conntrackCounters.map(({ metric }) => metric),
  // Nothing is carried into another session: a rate over the time between would hide when it grew.
  start: new Map(),
  every: 5,
  // A line of 11 counters is at most 250 bytes: room for 1,000 CPUs.
  limit: 256 * 1024,
  cost: 'two programs, 2 ms of CPU on a small machine',
  scripts: () => [asRoot, bySudo],
  program(context) {
    const { flags, section } = context
    // Counters that the file does not have, the tool does not have either.
    if (context.has('conntrack.drop'))
      return refuse('no-kernel', 'This kernel does not count it: clash_resolve came with 5.10, chaintoolong with 5.15.')
    // Without this check the tool could load the module: kntop changes nothing on a node.
    if (section.lines('count') === undefined)
      return refuse('no-kernel', 'conntrack is not loaded on this node: nothing is tracked.')
    if (!flags.tools.has('conntrack'))
      return refuse('no-tool', 'This kernel shows the counters to the conntrack tool only, and the node has none.')
    if (!flags.tools.has('timeout'))
      return refuse('no-tool', 'The conntrack tool is not run without a limit of time: install coreutils (timeout).')
    return flags.uid === 0 ? asRoot : throughSudo(context, bySudo, needsRoot)
  },
  step,
}
