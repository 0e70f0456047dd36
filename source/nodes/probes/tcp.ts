import type { MetricId } from '../../metrics/catalogue.ts'
import type { FileTier, Probe } from '../probe.ts'
import { absences, describe, lack, type Taken, takeOver } from '../taken.ts'
import { followPods, noPods, type Pods } from './pods/scope.ts'
import { podCounters } from './pods/sums.ts'
import { share, wrappingDelta } from './rates.ts'
import { notShown, reading } from './reading.ts'
import { covering, gaps, Rows } from './rows.ts'
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

/**
 * Growth between two readings of a counter that is an `unsigned long` of the kernel: 64 bits, or 32 on a 32-bit machine.
 * A counter that went back has wrapped only if it was within 32 bits and the growth is plausible; all else is NaN, a gap.
 */
export const growth = (previous: number, current: number): number => {
  if (current >= previous) return current - previous
  return previous < 2 ** 32 ? wrappingDelta(previous, current) : Number.NaN
}

/** What is read, in the order in which the state holds it. */
const names = [...takes.snmp.names, ...takes.netstat.names] as const
const [sentAt, resentAt] = [names.indexOf('Tcp:OutSegs'), names.indexOf('Tcp:RetransSegs')]

const uncounted = (metric: MetricId, file: string, name: string) =>
  absences([metric], 'no-kernel', `${file} of this kernel has no number for ${name}: a newer kernel counts it.`)

/** A metric that is one counter's growth per second. */
const ratedOf = <Metric extends MetricId>(metric: Metric, from: 'snmp' | 'netstat', name: (typeof names)[number]) => {
  const { file } = takes[from]
  const absent = absences([metric], 'no-kernel', notShown(file))
  return { metric, from, at: names.indexOf(name), absent, unknown: uncounted(metric, file, name) }
}

const rated = [
  ratedOf('tcp.resets', 'snmp', 'Tcp:EstabResets'),
  ratedOf('tcp.listen_overflows', 'netstat', 'TcpExt:ListenOverflows'),
  ratedOf('tcp.syn_retransmits', 'netstat', 'TcpExt:TCPSynRetrans'),
] as const

const shareMetric = 'tcp.retransmit_share'
const noShare = absences([shareMetric], 'no-kernel', notShown(takes.snmp.file))
const unknownSent = uncounted(shareMetric, takes.snmp.file, names[sentAt] ?? '')
const unknownResent = uncounted(shareMetric, takes.snmp.file, names[resentAt] ?? '')

const metrics = [shareMetric, ...rated.map(({ metric }) => metric)] as const

/** What was sent between readings: seconds, segments sent for the first time (OutSegs), and sent again (RetransSegs). */
const intervalWidth = 3

interface State {
  /** Counters in the order of {@link names}, as last read; NaN: not read yet, or not there. */
  readonly counters: number[]
  readonly intervals: Rows
  readonly pods: Pods
}

type Lines = readonly string[] | 'absent' | undefined

/** As just read, in the order of {@link names}; what a node had before is in its state. */
const now = gaps(names.length)

const readCounters = (before: readonly number[], snmp: Lines, netstat: Lines): void => {
  for (let index = 0; index < names.length; index += 1) {
    const isFirst = index < takes.snmp.names.length
    const lines = isFirst ? snmp : netstat
    const place = isFirst ? index : index - takes.snmp.names.length
    if (lines === undefined) now[index] = before[index] ?? Number.NaN
    else now[index] = lines === 'absent' ? Number.NaN : counterIn(lines, names[index] ?? '', place)
  }
}

const grown = ({ counters }: State, at: number): number => growth(counters[at] ?? Number.NaN, now[at] ?? Number.NaN)

const takeRate = (taken: Taken, state: State, of: (typeof rated)[number], lines: Lines, seconds: number): void => {
  if (lines === undefined) return
  if (lines === 'absent') return lack(taken, of.absent)
  if (Number.isNaN(now[of.at])) return lack(taken, of.unknown)
  const ofPods = state.pods.lately.perSecond[of.at] ?? Number.NaN
  // The host's time, which is the shorter one: of a burst there it does not say that it lasted.
  takeOver(taken, of.metric, seconds > 0 ? grown(state, of.at) / seconds + ofPods : Number.NaN, seconds)
}

/** Adds an interval and leaves out the oldest ones as long as what remains still covers {@link shareWindow}. */
export const slide = (intervals: Rows, seconds: number, sent: number, resent: number): void => {
  const row = intervals.add()
  intervals.set(row, 0, seconds)
  intervals.set(row, 1, sent)
  intervals.set(row, 2, resent)
  intervals.keep(covering(intervals, shareWindow))
}

/** A window does not reach over a gap: what was sent meanwhile is not known. */
const addInterval = (state: State, seconds: number): void => {
  const sent = grown(state, sentAt)
  const resent = grown(state, resentAt)
  if (seconds > 0 && sent >= 0 && resent >= 0) slide(state.intervals, seconds, sent, resent)
  else state.intervals.keep(0)
}

/** As rates, since the pods are not read at the host's times. */
const takeShare = (taken: Taken, { intervals, pods }: State): void => {
  let seconds = 0
  let sent = 0
  let resent = 0
  for (let row = 0; row < intervals.count; row += 1) {
    seconds += intervals.get(row, 0)
    sent += intervals.get(row, 1)
    resent += intervals.get(row, 2)
  }
  const { perSecond, counted } = pods.widely
  const again = resent / seconds + (perSecond[resentAt] ?? Number.NaN)
  const all = again + sent / seconds + (perSecond[sentAt] ?? Number.NaN)
  const observations = sent + resent + (counted[sentAt] ?? Number.NaN) + (counted[resentAt] ?? Number.NaN)
  if (intervals.count === 0) takeOver(taken, shareMetric, share(again, all), Number.NaN)
  else takeOver(taken, shareMetric, share(again, all), seconds, Math.round(observations))
}

const fileTier: FileTier<State> = {
  kind: 'files',
  tier: 'proc',
  metrics,
  begin: () => ({ counters: gaps(names.length), intervals: new Rows(intervalWidth), pods: noPods(names, shareWindow) }),
  step(state, section, taken, context) {
    followPods(state.pods, section, context)
    describe(taken, metrics, state.pods.detail)
    const snmp = reading(section, 'snmp')
    const netstat = reading(section, 'netstat')
    readCounters(state.counters, snmp, netstat)
    for (let index = 0; index < rated.length; index += 1) {
      const of = rated[index]
      if (of !== undefined) takeRate(taken, state, of, of.from === 'snmp' ? snmp : netstat, section.seconds(of.from))
    }
    if (snmp !== undefined) {
      addInterval(state, section.seconds('snmp'))
      if (snmp === 'absent') lack(taken, noShare)
      else if (Number.isNaN(now[sentAt])) lack(taken, unknownSent)
      else if (Number.isNaN(now[resentAt])) lack(taken, unknownResent)
      else takeShare(taken, state)
    }
    for (let index = 0; index < names.length; index += 1) state.counters[index] = now[index] ?? Number.NaN
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
