import type { MetricId } from '../../metrics/catalogue.ts'
import { usualRound } from '../namespace-rounds.ts'
import type { FileTier, Probe } from '../probe.ts'
import { absences, describe, lack, takeOver } from '../taken.ts'
import { decimalIn, isBlank, wordEnd, wordStart } from './decimal.ts'
import { followPods, noPods, type Pods } from './pods/scope.ts'
import { podCounters } from './pods/sums.ts'
import { rate } from './rates.ts'
import { notShown, reading } from './reading.ts'
import { gaps } from './rows.ts'

/** Where the number behind a name begins in a line of `NAME 123`; -1: it is the line of another name. */
const behindName = (line: string, name: string): number => {
  const from = wordStart(line, 0)
  const end = from + name.length
  if (!line.startsWith(name, from) || (end < line.length && !isBlank(line.charCodeAt(end)))) return -1
  return wordStart(line, end)
}

const numberAt = (line: string, from: number): number => decimalIn(line, from, wordEnd(line, from))

/**
 * The number behind a name in lines of `NAME 123`; NaN where the name does not stand, or no number behind it. `place`: where its
 * line mostly stands.
 */
export const counterIn = (lines: readonly string[], name: string, place = 0): number => {
  const usual = lines[place] ?? ''
  const from = behindName(usual, name)
  if (from >= 0) return numberAt(usual, from)
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? ''
    const at = behindName(line, name)
    if (at >= 0) return numberAt(line, at)
  }
  return Number.NaN
}

const counterOf = <Metric extends MetricId, V4 extends string, V6 extends string>(metric: Metric, v4: V4, v6: V6) => ({
  metric,
  v4,
  v6,
  absent: absences([metric], 'no-kernel', notShown('/proc/net/snmp')),
  unknown: absences([metric], 'no-data', `No number for ${v4} in /proc/net/snmp or snmp6: look at it on the node.`),
})

const counters = [
  counterOf('udp.datagrams_out', 'Udp:OutDatagrams', 'Udp6OutDatagrams'),
  // Full socket buffers, memory and checksums alike (net/ipv4/udp.c); a closed port is no error.
  counterOf('udp.receive_errors', 'Udp:InErrors', 'Udp6InErrors'),
] as const

const metrics = counters.map(({ metric }) => metric)

/** Of the pods, in pairs as here. */
const wanted = counters.flatMap(({ v4, v6 }) => [v4, v6])

/** Counters of both address families as last read, in the order of {@link counters}; NaN: not read yet, or not there. */
interface State {
  readonly v4: number[]
  readonly v6: number[]
  readonly pods: Pods
}

type Lines = readonly string[] | 'absent'

const counted = (lines: Lines, name: string, place: number): number =>
  lines === 'absent' ? Number.NaN : counterIn(lines, name, place)

const fileTier: FileTier<State> = {
  kind: 'files',
  tier: 'proc',
  metrics,
  begin: () => ({ v4: gaps(counters.length), v6: gaps(counters.length), pods: noPods(wanted, usualRound) }),
  step(state, section, taken, context) {
    followPods(state.pods, section, context)
    describe(taken, metrics, state.pods.detail)
    const v4 = reading(section, 'v4')
    const v6 = reading(section, 'v6')
    if (v4 === undefined || v6 === undefined) return
    const seconds = section.seconds('v4')
    const ofPods = state.pods.lately.perSecond
    for (let index = 0; index < counters.length; index += 1) {
      const counter = counters[index]
      if (counter === undefined) continue
      const now4 = counted(v4, counter.v4, index)
      // The kernel writes what was sent behind what was received.
      const now6 = v4 === 'absent' ? Number.NaN : counted(v6, counter.v6, counters.length - 1 - index)
      if (v4 === 'absent') lack(taken, counter.absent)
      else if (Number.isNaN(now4) || (v6 !== 'absent' && Number.isNaN(now6))) lack(taken, counter.unknown)
      else {
        // Without IPv6 there is no snmp6, and all datagrams are IPv4.
        const rate6 = v6 === 'absent' ? 0 : rate(state.v6[index] ?? Number.NaN, now6, seconds)
        const pods = (ofPods[2 * index] ?? Number.NaN) + (ofPods[2 * index + 1] ?? Number.NaN)
        takeOver(taken, counter.metric, rate(state.v4[index] ?? Number.NaN, now4, seconds) + rate6 + pods, seconds)
      }
      state.v4[index] = now4
      state.v6[index] = now6
    }
  },
}

/** UDP of the host's namespace and, where they can be read, of all others on the node, IPv4 and IPv6 together, whatever it carries. */
export const udpProbe: Probe = {
  name: 'udp',
  takes: {
    v4: { kind: 'named', file: '/proc/net/snmp', names: counters.map(({ v4 }) => v4), every: 1 },
    v6: { kind: 'rows', file: '/proc/net/snmp6', begin: counters.map(({ v6 }) => v6), every: 1 },
    pods: podCounters,
  },
  tiers: [fileTier],
}
