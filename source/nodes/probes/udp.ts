import { usualRound } from '../namespace-rounds.ts'
import type { FileTier, Probe } from '../probe.ts'
import { describe, miss, nothingTaken, take } from '../taken.ts'
import { decimalIn, wordEnd, wordStart } from './decimal.ts'
import { noPods, type PodsState, podsIn } from './pods/scope.ts'
import { podCounters } from './pods/sums.ts'
import { rate } from './rates.ts'
import { notShown, reading } from './reading.ts'

const counters = [
  { metric: 'udp.datagrams_out', v4: 'Udp:OutDatagrams', v6: 'Udp6OutDatagrams' },
  // Full socket buffers, memory and checksums alike (net/ipv4/udp.c); a closed port is no error.
  { metric: 'udp.receive_errors', v4: 'Udp:InErrors', v6: 'Udp6InErrors' },
] as const

/** One counter of both address families as last read. */
interface Count {
  readonly v4: number
  readonly v6: number
}

const unknown: Count = { v4: Number.NaN, v6: Number.NaN }

/** The number behind a name in lines of `NAME 123`; NaN where the name does not stand, or no number behind it. */
export const counterIn = (lines: readonly string[], name: string): number => {
  for (const line of lines) {
    const from = wordStart(line, 0)
    if (!line.startsWith(name, from) || wordEnd(line, from) !== from + name.length) continue
    const number = wordStart(line, from + name.length)
    return decimalIn(line, number, wordEnd(line, number))
  }
  return Number.NaN
}

interface State {
  /** In the order of {@link counters}. */
  readonly counts: readonly Count[]
  readonly pods: PodsState
}

const metrics = counters.map(({ metric }) => metric)

const fileTier: FileTier<State> = {
  kind: 'files',
  tier: 'proc',
  metrics,
  start: { counts: [], pods: noPods() },
  step({ counts: before, pods: podsBefore }, section, context) {
    const taken = nothingTaken()
    const pods = podsIn(podsBefore, section, context, usualRound)
    const lately = pods.growth(usualRound)
    describe(taken, metrics, pods.state.detail)
    const v4 = reading(section, 'v4')
    const v6 = reading(section, 'v6')
    if (v4 === undefined || v6 === undefined) return { state: { counts: before, pods: pods.state }, taken }
    const seconds = section.seconds('v4')
    const counts = counters.map((counter, index): Count => {
      const { metric } = counter
      if (v4 === 'absent') {
        miss(taken, metric, 'no-kernel', notShown('/proc/net/snmp'))
        return unknown
      }
      const last = before[index] ?? unknown
      const now = {
        v4: counterIn(v4, counter.v4),
        v6: v6 === 'absent' ? Number.NaN : counterIn(v6, counter.v6),
      }
      // Without IPv6 there is no snmp6, and all datagrams are IPv4.
      const v6Rate = v6 === 'absent' ? 0 : rate(last.v6, now.v6, seconds)
      if (Number.isNaN(now.v4) || (v6 !== 'absent' && Number.isNaN(now.v6)))
        miss(
          taken,
          metric,
          'no-data',
          `No number for ${counter.v4} in /proc/net/snmp or snmp6: look at it on the node.`,
        )
      else {
        const ofPods = (lately?.perSecond(counter.v4) ?? 0) + (lately?.perSecond(counter.v6) ?? 0)
        take(taken, metric, rate(last.v4, now.v4, seconds) + v6Rate + ofPods, { window: seconds })
      }
      return now
    })
    return { state: { counts, pods: pods.state }, taken }
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
