import type { FileTier, Probe } from '../probe.ts'
import { miss, nothingTaken, type Taken, take } from '../taken.ts'
import { share, wrappingDelta } from './rates.ts'
import { reading } from './reading.ts'
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
  const all = [...intervals, next]
  let seconds = all.reduce((sum, interval) => sum + interval.seconds, 0)
  let first = 0
  for (const interval of all) {
    if (seconds - interval.seconds < shareWindow) break
    seconds -= interval.seconds
    first += 1
  }
  return all.slice(first)
}

const takeShare = (taken: Taken, intervals: readonly Interval[]): void => {
  let [seconds, sent, resent] = [0, 0, 0]
  for (const interval of intervals) {
    seconds += interval.seconds
    sent += interval.sent
    resent += interval.resent
  }
  const all = sent + resent
  take(
    taken,
    'tcp.retransmit_share',
    share(resent, all),
    intervals.length === 0 ? {} : { observations: all, window: seconds },
  )
}

interface State {
  /** Counters by name, as last read; a name that is not in it was not read yet. */
  readonly counters: Readonly<Record<string, number>>
  readonly intervals: readonly Interval[]
}

/** Metrics that are one counter's growth per second. */
const rated = [
  { metric: 'tcp.resets', from: 'snmp', name: 'Tcp:EstabResets' },
  { metric: 'tcp.listen_overflows', from: 'netstat', name: 'TcpExt:ListenOverflows' },
  { metric: 'tcp.syn_retransmits', from: 'netstat', name: 'TcpExt:TCPSynRetrans' },
] as const

const absent = (file: string): string => `This node does not show ${file}: look whether /proc is mounted.`
const uncounted = (file: string, name: string): string =>
  `${file} of this kernel has no number for ${name}: a newer kernel counts it.`

const countersOf = (take: keyof typeof takes, lines: readonly string[] | 'absent'): Readonly<Record<string, number>> =>
  Object.fromEntries(takes[take].names.map((name) => [name, lines === 'absent' ? Number.NaN : counterIn(lines, name)]))

const fileTier: FileTier<State> = {
  kind: 'files',
  tier: 'proc',
  metrics: ['tcp.retransmit_share', 'tcp.syn_retransmits', 'tcp.listen_overflows', 'tcp.resets'],
  start: { counters: {}, intervals: [] },
  step(state, section) {
    const taken = nothingTaken()
    const lines = { snmp: reading(section, 'snmp'), netstat: reading(section, 'netstat') }
    const now = {
      ...(lines.snmp === undefined ? {} : countersOf('snmp', lines.snmp)),
      ...(lines.netstat === undefined ? {} : countersOf('netstat', lines.netstat)),
    }
    const counter = (name: string): number => now[name] ?? Number.NaN
    const grown = (name: string): number => growth(state.counters[name] ?? Number.NaN, counter(name))

    for (const { metric, from, name } of rated) {
      if (lines[from] === undefined) continue
      const { file } = takes[from]
      const seconds = section.seconds(from)
      if (lines[from] === 'absent') miss(taken, metric, 'no-kernel', absent(file))
      else if (Number.isNaN(counter(name))) miss(taken, metric, 'no-kernel', uncounted(file, name))
      else take(taken, metric, seconds > 0 ? grown(name) / seconds : Number.NaN, { window: seconds })
    }

    let { intervals } = state
    if (lines.snmp !== undefined) {
      const { file } = takes.snmp
      const missing = ['Tcp:OutSegs', 'Tcp:RetransSegs'].find((name) => Number.isNaN(counter(name)))
      const next = { seconds: section.seconds('snmp'), sent: grown('Tcp:OutSegs'), resent: grown('Tcp:RetransSegs') }
      // A window does not reach over a gap: what was sent meanwhile is not known.
      intervals = next.seconds > 0 && next.sent >= 0 && next.resent >= 0 ? slide(intervals, next) : []
      if (lines.snmp === 'absent') miss(taken, 'tcp.retransmit_share', 'no-kernel', absent(file))
      else if (missing !== undefined) miss(taken, 'tcp.retransmit_share', 'no-kernel', uncounted(file, missing))
      else takeShare(taken, intervals)
    }
    return { state: { counters: { ...state.counters, ...now }, intervals }, taken }
  },
}

/**
 * TCP of the host's network namespace, IPv4 and IPv6 together (the kernel keeps one set of counters). Pods have their own.
 *
 * `tcp.retransmit_share` is, over the last 10 s, RetransSegs / (OutSegs + RetransSegs): of all segments put on the wire, how
 * many were repetitions. The sum is the denominator because OutSegs leaves out segments that hold only repeated bytes
 * (RFC 4022 tcpOutSegs; measured: one SYN repeated six times is OutSegs 1, RetransSegs 6), so that the usual quotient
 * RetransSegs / OutSegs passes 100 % when a path is dead, and has no value at all when nothing else is sent. Up to 3 % the two
 * differ by less than a tenth of a percent. Repeated SYN-ACKs stand in both counters (measured), which lowers the share a little.
 */
export const tcpProbe: Probe = { name: 'tcp', takes, tiers: [fileTier] }
