import { usualRound } from '../namespace-rounds.ts'
import type { FileTier, Probe } from '../probe.ts'
import { describe, miss, nothingTaken, type Taken, take } from '../taken.ts'
import { noPods, type PodsState, podsIn } from './pods/scope.ts'
import { type PodGrowth, podCounters } from './pods/sums.ts'
import { share, wrappingDelta } from './rates.ts'
import { notShown, reading } from './reading.ts'
import { counterIn } from './udp.ts'

const takes = {
  snmp: {
    kind: 'named',
    file: '/proc/net/snmp',
    names: ['Tcp:EstabResets', 'Tcp:OutSegs', 'Tcp:RetransSegs'],
    every: 1,
  },
  netstat: {
    kind: 'named',
    file: '/proc/net/netstat',
    names: ['TcpExt:ListenOverflows', 'TcpExt:TCPSynRetrans'],
    every: 1,
  },
  pods: podCounters,
} as const

/** Seconds that the share looks back: twenty segments a second are then enough to judge it (least denominator 200). */
export const shareWindow = 10

/** What was sent between two readings. */
export interface Interval {
  readonly seconds: number
  /** Segments sent for the first time: OutSegs. */
  readonly sent: number
  /** Segments sent again: RetransSegs. */
  readonly resent: number
}

/**
 * Growth between two readings of a counter that is an `unsigned long` of the kernel: 64 bits, or 32 on a 32-bit machine.
 * A counter that went back has wrapped only if it was within 32 bits and the growth is plausible; all else is NaN, a gap.
 */
export const growth = (previous: number, current: number): number => {
  if (current >= previous) return current - previous
  return previous < 2 ** 32 ? wrappingDelta(previous, current) : Number.NaN
}

/** Adds an interval and leaves out the oldest ones as long as what remains still covers {@link shareWindow}. */
export const slide = (intervals: readonly Interval[], next: Interval): readonly Interval[] => {
  let { seconds } = next
  let first = intervals.length
  while (first > 0 && seconds < shareWindow) {
    first -= 1
    seconds += intervals[first]?.seconds ?? 0
  }
  return intervals.slice(first).concat(next)
}

/** As rates, since the pods are not read at the host's times. */
const takeShare = (taken: Taken, intervals: readonly Interval[], pods: PodGrowth | undefined): void => {
  let [seconds, sent, resent] = [0, 0, 0]
  for (const interval of intervals) {
    seconds += interval.seconds
    sent += interval.sent
    resent += interval.resent
  }
  const again = resent / seconds + (pods?.perSecond('Tcp:RetransSegs') ?? 0)
  const all = again + sent / seconds + (pods?.perSecond('Tcp:OutSegs') ?? 0)
  const counted = sent + resent + (pods?.counted('Tcp:OutSegs') ?? 0) + (pods?.counted('Tcp:RetransSegs') ?? 0)
  take(
    taken,
    'tcp.retransmit_share',
    share(again, all),
    intervals.length === 0 ? {} : { observations: Math.round(counted), window: seconds },
  )
}

/** What is read, in the order in which the state holds it. */
const names = [...takes.snmp.names, ...takes.netstat.names] as const
type Name = (typeof names)[number]
const [sent, resent] = [names.indexOf('Tcp:OutSegs'), names.indexOf('Tcp:RetransSegs')]

interface State {
  /** Counters in the order of {@link names}, as last read; NaN: not read yet, or not there. */
  readonly counters: readonly number[]
  readonly intervals: readonly Interval[]
  readonly pods: PodsState
}

/** Metrics that are one counter's growth per second. */
const rated = [
  { metric: 'tcp.resets', from: 'snmp', name: 'Tcp:EstabResets' },
  { metric: 'tcp.listen_overflows', from: 'netstat', name: 'TcpExt:ListenOverflows' },
  { metric: 'tcp.syn_retransmits', from: 'netstat', name: 'TcpExt:TCPSynRetrans' },
] as const

const uncounted = (file: string, name: string): string =>
  `${file} of this kernel has no number for ${name}: a newer kernel counts it.`

type Lines = readonly string[] | 'absent' | undefined

const counted = (lines: Lines, name: Name, before: number): number => {
  if (lines === undefined) return before
  return lines === 'absent' ? Number.NaN : counterIn(lines, name)
}

const start: State = { counters: names.map(() => Number.NaN), intervals: [], pods: noPods() }

const metrics = ['tcp.retransmit_share', ...rated.map(({ metric }) => metric)] as const

const fileTier: FileTier<State> = {
  kind: 'files',
  tier: 'proc',
  metrics,
  start,
  step(state, section, context) {
    const taken = nothingTaken()
    const pods = podsIn(state.pods, section, context, shareWindow)
    const lately = pods.growth(usualRound)
    describe(taken, metrics, pods.state.detail)
    const snmp = reading(section, 'snmp')
    const netstat = reading(section, 'netstat')
    const counters = names.map((name, index) =>
      counted(index < takes.snmp.names.length ? snmp : netstat, name, state.counters[index] ?? Number.NaN),
    )
    const counter = (at: number): number => counters[at] ?? Number.NaN
    const grown = (at: number): number => growth(state.counters[at] ?? Number.NaN, counter(at))

    for (const { metric, from, name } of rated) {
      const at = names.indexOf(name)
      const lines = from === 'snmp' ? snmp : netstat
      if (lines === undefined) continue
      const seconds = section.seconds(from)
      if (lines === 'absent') miss(taken, metric, 'no-kernel', notShown(takes[from].file))
      else if (Number.isNaN(counter(at))) miss(taken, metric, 'no-kernel', uncounted(takes[from].file, name))
      else {
        const ofPods = lately?.perSecond(name) ?? 0
        // The host's time, which is the shorter one: of a burst there it does not say that it lasted.
        take(taken, metric, seconds > 0 ? grown(at) / seconds + ofPods : Number.NaN, { window: seconds })
      }
    }

    if (snmp === undefined) return { state: { counters, intervals: state.intervals, pods: pods.state }, taken }
    const next = { seconds: section.seconds('snmp'), sent: grown(sent), resent: grown(resent) }
    // A window does not reach over a gap: what was sent meanwhile is not known.
    const known = next.seconds > 0 && next.sent >= 0 && next.resent >= 0
    const intervals = known ? slide(state.intervals, next) : []
    const missing = [sent, resent].find((at) => Number.isNaN(counter(at)))
    const { file } = takes.snmp
    if (snmp === 'absent') miss(taken, 'tcp.retransmit_share', 'no-kernel', notShown(file))
    else if (missing !== undefined)
      miss(taken, 'tcp.retransmit_share', 'no-kernel', uncounted(file, names[missing] ?? ''))
    else takeShare(taken, intervals, pods.growth(shareWindow))
    return { state: { counters, intervals, pods: pods.state }, taken }
  },
}

/**
 * TCP of the host's network namespace and, where they can be read, of all others on the node, IPv4 and IPv6 together (the kernel
 * keeps one set of counters for each namespace).
 *
 * `tcp.retransmit_share` is, over the last 10 s, RetransSegs / (OutSegs + RetransSegs): of all segments put on the wire, how
 * many were repetitions. The sum is the denominator because OutSegs leaves out segments that hold only repeated bytes
 * (RFC 4022 tcpOutSegs; measured: one SYN repeated six times is OutSegs 1, RetransSegs 6), so that the usual quotient
 * RetransSegs / OutSegs passes 100 % when a path is dead, and has no value at all when nothing else is sent. Up to 3 % the two
 * differ by less than a tenth of a percent. Repeated SYN-ACKs stand in both counters (measured), which lowers the share a little.
 */
export const tcpProbe: Probe = { name: 'tcp', takes, tiers: [fileTier] }
