import type { MetricId } from '../../metrics/catalogue.ts'
import type { FileTier, Probe, Section } from '../probe.ts'
import { miss, missAll, nothingTaken, type Taken, take } from '../taken.ts'
import { type CpuTimes, cpuFields, cpuGrowth, jiffiesPerSecond } from './cpu-times.ts'
import { decimals } from './decimal.ts'
import { share } from './rates.ts'
import { noNumber, reading } from './reading.ts'

interface State {
  readonly times: CpuTimes
  /** Whether this is a virtual machine; undefined where the CPU does not say. */
  readonly virtual: boolean | undefined
}

const means: readonly MetricId[] = ['cpu.busy', 'cpu.steal', 'cpu.softirq']
const busiest: readonly MetricId[] = ['cpu.softirq_max', 'cpu.steal_max']
const metrics = [...means, ...busiest]
const stolen: ReadonlySet<MetricId> = new Set(['cpu.steal', 'cpu.steal_max'])

const noStat = 'This node does not show /proc/stat: look whether /proc is mounted and readable there.'

/** Why a steal of 0 since boot says nothing; undefined where it says that nothing was stolen. */
const notReported = ({ times, virtual }: State): string | undefined => {
  if (times.at(-1) !== 0 || virtual === false) return undefined
  return virtual === true
    ? 'not reported: this virtual machine has seen no steal since boot, so ask the provider whether it counts any.'
    : 'not reported: no steal since boot, and this CPU does not say whether it is virtual, so 0 could mean either.'
}

type Put = (metric: MetricId, value: number, whole: number, seconds: number) => void

/** Gives back the means of what the busiest CPU is told of too, in the same order. */
const takeMeans = (before: CpuTimes, now: CpuTimes, seconds: number, put: Put): readonly number[] => {
  const { all, busy, steal, softirq } = cpuGrowth(before, now)
  const whole = seconds > 0 ? all : Number.NaN
  put('cpu.busy', share(busy, whole), whole, seconds)
  put('cpu.steal', share(steal, whole), whole, seconds)
  put('cpu.softirq', share(softirq, whole), whole, seconds)
  return [share(softirq, whole), share(steal, whole)]
}

// The clock and the jiffies step by 10 ms each, so that a full second can read as 101 %: a share of time ends at 100. For
// the same reason one CPU can read as less than the mean of all, which the busiest is not.
const takeBusiest = (most: readonly number[], seconds: number, means: readonly number[], put: Put): void => {
  const whole = seconds > 0 ? seconds * jiffiesPerSecond : Number.NaN
  busiest.forEach((metric, index) => {
    put(metric, Math.min(100, Math.max(share(most[index] ?? Number.NaN, whole), means[index] || 0)), whole, seconds)
  })
}

const virtualIn = (lines: readonly string[] | 'absent'): boolean | undefined =>
  lines === 'absent' || lines[0] === undefined ? undefined : lines[0] === '1'

const step = (before: State, section: Section): { state: State; taken: Taken } => {
  const taken = nothingTaken()
  const cpuinfo = reading(section, 'hypervisor')
  const total = reading(section, 'total')
  const most = reading(section, 'busiest')
  const state: State = {
    virtual: cpuinfo === undefined ? before.virtual : virtualIn(cpuinfo),
    times: total === undefined ? before.times : total === 'absent' ? [] : decimals(total[0] ?? ''),
  }
  const silent = notReported(state)
  const put: Put = (metric, value, whole, seconds) => {
    if (stolen.has(metric) && silent !== undefined) miss(taken, metric, 'not-applicable', silent)
    else take(taken, metric, value, { observations: whole, window: seconds })
  }
  if (total === 'absent') missAll(taken, metrics, 'denied', noStat)
  else if (total !== undefined && state.times.some(Number.isNaN))
    missAll(taken, metrics, 'no-data', noNumber('/proc/stat'))
  else {
    const means = total === undefined ? [] : takeMeans(before.times, state.times, section.seconds('total'), put)
    if (most !== undefined && most !== 'absent')
      takeBusiest(decimals(most[0] ?? ''), section.seconds('busiest'), means, put)
  }
  return { state, taken }
}

const fileTier: FileTier<State> = {
  kind: 'files',
  tier: 'proc',
  scope: 'machine',
  metrics,
  start: { times: [], virtual: undefined },
  step,
}

/**
 * Where CPU time goes: the mean of all CPUs, and the busiest one, because one CPU full of soft interrupts is enough to lose
 * packets. Many hypervisors report no steal: 0 since boot in a virtual machine is no figure.
 */
export const cpuProbe: Probe = {
  name: 'cpu',
  takes: {
    total: { kind: 'rows', file: '/proc/stat', begin: ['cpu'], fields: cpuFields, every: 1 },
    busiest: { kind: 'busiest', file: '/proc/stat', fields: [8, 9], every: 1 },
    hypervisor: { kind: 'contains', file: '/proc/cpuinfo', first: 'flags', word: 'hypervisor', every: 60 },
  },
  tiers: [fileTier],
}
