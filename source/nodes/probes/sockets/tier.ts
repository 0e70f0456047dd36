import type { SocketGroup, Sockets } from '../../../events/sockets.ts'
import type { MetricId } from '../../../metrics/catalogue.ts'
import { withoutModule } from '../../kernel-module.ts'
import { perSettings } from '../../per-settings.ts'
import type { CommandOutput, CommandTier, ProbeContext, Refusal, Script, Step } from '../../probe.ts'
import { refuse } from '../../refuse.ts'
import { detail, miss, missAll, nothingTaken, take } from '../../taken.ts'
import { noRoundTrips, passed, type RoundTrips, takeRoundTrips } from '../round-trips.ts'
import { type ListedGroup, parseSockets, type SocketListing } from './listing.ts'
import { type Known, knownAfter, nothingKnown, sentAgain } from './retransmits.ts'
import { mostSockets, socketsScript } from './script.ts'

const metrics = ['rtt.p50', 'rtt.p99', 'rtt.min', 'rtt.sockets'] as const satisfies readonly MetricId[]

interface State {
  readonly roundTrips: RoundTrips
  readonly known: Known
  /** Seconds since {@link State.known} was known: more than since the last run, where that gave nothing. NaN: never. */
  readonly since: number
}

const fresh = ({ roundTrips }: ListedGroup): Uint32Array => roundTrips.filter((value) => value > 0).sort()

/** A group as it is told; `end` of the two named roles was read. */
const toldOf = (group: ListedGroup, before: Known, isFirst: boolean): SocketGroup | undefined => {
  const shared = {
    sockets: group.inodes.length,
    roundTrips: fresh(group),
    least: group.least,
    again: isFirst ? Number.NaN : sentAgain(before, group),
  }
  if (group.role === 'other') return { role: 'other', ...shared }
  if (group.end === undefined) return undefined
  return group.role === 'server'
    ? { role: 'server', at: group.end, ...shared }
    : { role: 'client', to: group.end, behind: group.behind, ...shared }
}

const merged = (groups: readonly SocketGroup[]): Uint32Array => {
  const all = new Uint32Array(groups.reduce((sum, { roundTrips }) => sum + roundTrips.length, 0))
  let at = 0
  for (const { roundTrips } of groups) {
    all.set(roundTrips, at)
    at += roundTrips.length
  }
  return all.sort()
}

const refusals = {
  bits: ['no-tool', 'perl is not a 64-bit one here: the numbers of system calls are not known for it'],
  machine: ['no-tool', 'the numbers of system calls are known for x86_64, aarch64 and riscv64'],
  diag: ['no-kernel', 'the kernel answers no question for its TCP sockets here: it needs inet_diag and tcp_diag'],
  module: ['no-kernel', withoutModule('tcp_diag')],
  proc: ['no-data', '/proc tells no network namespaces here'],
} as const satisfies Record<string, readonly [Refusal['missing'], string]>

/** Why a run says nothing. */
const failure = (listing: string | undefined, { status }: CommandOutput): readonly [Refusal['missing'], string] => {
  if (listing === undefined)
    return [
      'no-data',
      `reading the sockets of all namespaces broke off (status ${status}): look at the load of this node`,
    ]
  return (
    refusals[listing as keyof typeof refusals] ?? [
      'denied',
      `the namespaces of pods may not be entered here (${listing})`,
    ]
  )
}

const wordsOf = ({ told, left }: SocketListing): string => (left > 0 ? `${told} of ${told + left} sockets` : '')

const step = (state: State, output: CommandOutput): Step<State> => {
  const taken = nothingTaken()
  const { seconds } = output
  const listing = parseSockets(output.text)
  const since = state.since + seconds
  if (listing === undefined || typeof listing === 'string') {
    missAll(taken, metrics, ...failure(listing, output))
    return { state: { ...state, since, roundTrips: passed(state.roundTrips, seconds) }, taken }
  }
  const isFirst = !(since > 0)
  const { namespaces, left } = listing
  const partly = left > 0 || namespaces.read < namespaces.of
  const groups = listing.groups.flatMap((group) => toldOf(group, state.known, isFirst) ?? [])
  const run = { values: merged(groups), words: '', seconds, cut: partly, among: '' }
  const roundTrips = takeRoundTrips(taken, state.roundTrips, run)
  const least = groups.reduce((least, group) => Math.min(least, group.least || least), Number.POSITIVE_INFINITY)
  if (Number.isFinite(least)) take(taken, 'rtt.min', least / 1000, { observations: run.values.length })
  else if (run.values.length > 0)
    miss(taken, 'rtt.min', 'no-kernel', 'the kernel keeps no minrtt: those from 4.6 on do')
  const more = { scope: 'node', namespaces } as const
  for (const metric of taken.metrics) detail(taken, metric, wordsOf(listing), more)
  const told: Omit<Sockets, 'node' | 'at'> = {
    ...{ type: 'sockets', seconds: isFirst ? Number.NaN : since, groups, left, tracked: listing.tracked },
  }
  taken.sockets = told
  return { state: { roundTrips, known: knownAfter(listing.groups), since: 0 }, taken }
}

const script = perSettings(({ ownPeers }) => socketsScript(ownPeers))

const program = ({ flags, settings }: ProbeContext): Script | Refusal => {
  if (flags.uid !== 0)
    return refuse(
      'denied',
      'The sockets of pods need root: --sudo root (--sudo commands lets no interpreter pass). Until then those of the host.',
    )
  return flags.tools.has('perl')
    ? script(settings)
    : refuse('no-tool', 'Install perl on this node: it reads the sockets of all namespaces in one process.')
}

/** The sockets of all network namespaces, read by one process that enters them in turn. */
export const socketsTier: CommandTier<State> = {
  kind: 'command',
  tier: 'sock_diag',
  metrics,
  scope: 'node',
  start: { roundTrips: noRoundTrips, known: nothingKnown, since: Number.NaN },
  every: 5,
  // Where it may not run at all it is not tried every few seconds.
  idle: 60,
  // Some 10 bytes a socket; 30 where all have sent again and are far apart.
  limit: mostSockets * 40,
  cost: 'some 60 ms of CPU for 100 namespaces and 2,000 sockets, and 20 us for each socket to an address that is translated; at most 20,000 sockets, 5,000 of a pod, and 0.9 s of CPU: what is left is counted',
  scripts: (settings) => [script(settings)],
  program,
  step,
  // The next session's first reading follows this one's last.
  carry: (state) => state,
}
