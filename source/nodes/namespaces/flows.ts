import type { FlowGroups, FlowsLook, Lack, NewFlows } from '../../events/looks.ts'
import { type Clean, clean } from '../../text/clean.ts'
import { childSeconds, shellSeconds } from '../command-answer.ts'
import { withoutModule } from '../kernel-module.ts'
import type { RootCommand } from '../privilege/root-command.ts'
import { sudoRefusal } from '../privilege/sudo-words.ts'
import { sudoersCommands } from '../privilege/sudoers.ts'
import { type Sums, settingsOf, sumsOf } from './flows-lines.ts'
import { flowsBySudo, flowsRuns, flowsScript, netlink } from './flows-script.ts'
import type { Blind, LookKind } from './look-kind.ts'

/**
 * CPU that a look takes: so many microseconds for each entry and milliseconds for its processes, fitted to 10,000, 100,000 and
 * 262,000 entries with mawk on Linux 6.18, two shared cores that were busy (`npm run bench -- flows`). Of it `conntrack -L` alone
 * takes 3.8 us on a calm machine; busybox awk takes four times as much as mawk's 2.
 */
const cost = { microsecondsAnEntry: 8, milliseconds: 40 } as const

/** CPU milliseconds that a listing of so many entries is expected to take. */
export const expectedCost = (entries: number): number => cost.milliseconds + (entries * cost.microsecondsAnEntry) / 1000

const lack = (what: string, advice: string): Lack => ({ what: clean(what), advice: clean(advice) })

const blind = (cause: string): Blind => ({ cause: clean(cause) })

/** Why nothing could be listed, by what the script wrote instead. */
const reasons: Readonly<Record<string, string>> = {
  untracked: 'this node tracks no connections: the module nf_conntrack is not loaded',
  right:
    'whose connections are tracked is told to root only: log in as root, or --sudo commands; by hand, sudo conntrack -L',
  tool: 'the conntrack tool is not on this node, and its kernel has no /proc/net/nf_conntrack: install conntrack (conntrack-tools)',
  square:
    'the conntrack tool is not on this node, and before Linux 6.16 reading /proc/net/nf_conntrack takes time that grows with the square of the table, more than 20,000 entries: install conntrack (conntrack-tools)',
  module: withoutModule(netlink),
  busy: 'somebody lists the table on this node just now (conntrack -L), and one at a time is enough: look again when it is done',
}

const numbers = 'grep . /proc/sys/net/netfilter/nf_conntrack_count /proc/sys/net/netfilter/nf_conntrack_max'

/** What a person types as root to see the same. */
const byHand = (way: string): readonly Clean[] =>
  [
    numbers,
    ...(way === 'file'
      ? ['cat /proc/net/nf_conntrack']
      : ['nice -n 19 conntrack -L -f ipv4', 'nice -n 19 conntrack -L -f ipv6']),
    ...(way === 'file' || way === 'alone' ? [] : ['timeout 5 conntrack -E -e NEW']),
  ].map((line) => clean(line))

const flowsIn = ({ total, groups }: Sums): FlowGroups => {
  const own = groups.map(({ group }) => group)
  return { groups: own, total, rest: total - own.reduce((sum, { count }) => sum + count, 0) }
}

const newFlowsIn = (sums: Sums): NewFlows => ({
  ...flowsIn(sums),
  groups: sums.groups.map(({ group, timeout }) => ({ ...group, timeout })),
  seconds: sums.seconds,
  isLossy: sums.isLossy,
})

/** What sudo said where it refused to run something: it stands among the lines. */
const refusalIn = (way: string, sums: Sums | undefined, command: RootCommand): Blind['refused'] => {
  const words = way === 'sudo' && sums !== undefined ? sudoRefusal(1, sums.said) : undefined
  return words === undefined ? undefined : { words, line: sudoersCommands(command)[0] ?? '' }
}

const refusedLack = (what: string, refused: Blind['refused']): readonly Lack[] =>
  refused === undefined
    ? []
    : [
        lack(
          what,
          `sudo: ${refused.words}: /etc/sudoers.d/kntop lacks ${refused.line} (kntop commands --output sudoers)`,
        ),
      ]

const lacksOf = (way: string, listed: Sums, began: Sums | undefined, events: number | undefined): readonly Lack[] => [
  ...(way === 'file'
    ? [lack('who opens new connections', 'the conntrack tool is not on this node: install conntrack')]
    : []),
  ...(way === 'alone' ? [lack('who opens new connections', 'this node has no timeout to bound the listening')] : []),
  ...(events === 0
    ? [lack('who opens new connections', 'this kernel tells nobody of them (net.netfilter.nf_conntrack_events is 0)')]
    : []),
  ...refusedLack('who opens new connections', refusalIn(way, began, flowsBySudo.events)),
  ...refusedLack('IPv6', refusalIn(way, listed, flowsBySudo.six)),
  ...(began !== undefined && began.total === 0 && began.said !== '' && sudoRefusal(1, began.said) === undefined
    ? [lack('who opens new connections', `conntrack -E said: ${began.said}`)]
    : []),
  ...(listed.whole < 2 && refusalIn(way, listed, flowsBySudo.six) === undefined
    ? [lack('all of the table', 'its listing broke off: look again')]
    : []),
  ...(listed.odd > 0 && refusalIn(way, listed, flowsBySudo.six) === undefined
    ? [lack(`${listed.odd} entries`, `they could not be read, such as: ${listed.said}`)]
    : []),
]

/**
 * Who fills the table of tracked connections: one listing, added up on the node, and beside it the connections that begin within
 * 5 s. Never on a timer; at once up to 50,000 entries, above that only with a consent.
 */
export const flowsLook: LookKind<FlowsLook> = {
  tab: 'flows',
  every: undefined,
  isCostly: true,
  patience: 60_000,
  limit: 256 * 1024,
  cost: `${cost.milliseconds} ms of CPU and ${cost.microsecondsAnEntry} us an entry, at nice 19, after a yes where there are more than 50,000; beside it for 5 s 5 to 18 us for each connection that begins (100,000 at most), and 1 us for whoever opens it`,
  runs: flowsRuns,
  sudo: Object.values(flowsBySudo),
  reads: ['/proc/sys/kernel/osrelease'],
  script: flowsScript,
  read({ footing, sections }) {
    const settings = settingsOf(sections.get('settings') ?? [])
    const way = sections.get('way')?.[0] ?? ''
    const reason = reasons[way]
    if (reason !== undefined) return { ...blind(reason), ...(way === 'right' ? { needsRoot: true } : {}) }
    const entries = settings.get('count') ?? Number.NaN
    const common = {
      tab: 'flows',
      footing,
      entries,
      maximum: settings.get('max') ?? Number.NaN,
      timeouts: [...settings].flatMap(([name, seconds]) =>
        name.includes('timeout') ? [{ name: clean(name), seconds }] : [],
      ),
      expectedCost: expectedCost(entries),
      byHand: byHand(way),
    } as const
    if (way === 'ask') return { ...common, lacks: [] }
    const listed = sumsOf(sections.get('listed') ?? [])
    if (listed === undefined) return blind('the listing of the table broke off: look again')
    // Of nothing that was listed sudo's words are the reason.
    const refused = listed.total === 0 ? refusalIn(way, listed, flowsBySudo.four) : undefined
    if (refused !== undefined) return { ...blind(`sudo: ${refused.words}`), refused }
    const began = sumsOf(sections.get('began') ?? [])
    const events = settings.get('events')
    const times = (sections.get('cost') ?? []).join('\n')
    const canListen = began !== undefined && events !== 0 && (began.total > 0 || began.said === '')
    return {
      ...common,
      lacks: lacksOf(way, listed, began, events),
      listed: {
        flows: flowsIn(listed),
        ...(listed.whole < 2 ? { brokeOff: true } : {}),
        ...(canListen ? { began: newFlowsIn(began) } : {}),
        cost: (shellSeconds(times) + childSeconds(times)) * 1000,
      },
    }
  },
}
