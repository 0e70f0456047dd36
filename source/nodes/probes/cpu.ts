import type { MetricId } from '../../metrics/catalogue.ts'
import type { FileTier, Probe, Section } from '../probe.ts'
import { type Absences, absences, lack, type Taken, takeOver } from '../taken.ts'
import { type CpuGrowth, cpuFields, cpuGrowth, jiffiesPerSecond } from './cpu-times.ts'
import { readDecimals } from './decimal.ts'
import { share } from './rates.ts'
import { noNumber, reading } from './reading.ts'
import { gaps } from './rows.ts'

interface State {
  /** As last read. */
  readonly times: number[]
  /** Whether this is a virtual machine; undefined where the CPU does not say. */
  virtual: boolean | undefined
}

const metrics: readonly MetricId[] = ['cpu.busy', 'cpu.steal', 'cpu.softirq', 'cpu.softirq_max', 'cpu.steal_max']

const denied = absences(
  metrics,
  'denied',
  'This node does not show /proc/stat: look whether /proc is mounted and readable there.',
)
const unknown = absences(metrics, 'no-data', noNumber('/proc/stat'))

/** What is said of steal where it is not reported: of the mean, and of the busiest CPU. */
const notReported = (advice: string): readonly [mean: Absences, most: Absences] => [
  absences(['cpu.steal'], 'not-applicable', advice),
  absences(['cpu.steal_max'], 'not-applicable', advice),
]
const noneSeen = notReported(
  'not reported: this virtual machine has seen no steal since boot, so ask the provider whether it counts any.',
)
const noneOrVirtual = notReported(
  'not reported: no steal since boot, and this CPU does not say whether it is virtual, so 0 could mean either.',
)

/** Why a steal of 0 since boot says nothing; undefined where it says that nothing was stolen. */
const silenceOf = ({ times, virtual }: State): ReturnType<typeof notReported> | undefined => {
  if (times[cpuFields.length - 1] !== 0 || virtual === false) return undefined
  return virtual === true ? noneSeen : noneOrVirtual
}

/** As just read; what a node had before is in its state. */
const now = gaps(cpuFields.length)
/** Of the busiest CPU since its last reading: softirq and steal. */
const most = gaps(2)
const growth: CpuGrowth = { all: Number.NaN, busy: Number.NaN, softirq: Number.NaN, steal: Number.NaN }
/** What the busiest CPU is told of too, as the mean of all. */
const means = { softirq: Number.NaN, steal: Number.NaN }

const takeMeans = (taken: Taken, seconds: number, silence: Absences | undefined): void => {
  const whole = seconds > 0 ? growth.all : Number.NaN
  means.softirq = share(growth.softirq, whole)
  means.steal = share(growth.steal, whole)
  takeOver(taken, 'cpu.busy', share(growth.busy, whole), seconds, whole)
  if (silence === undefined) takeOver(taken, 'cpu.steal', means.steal, seconds, whole)
  else lack(taken, silence)
  takeOver(taken, 'cpu.softirq', means.softirq, seconds, whole)
}

// The clock and the jiffies step by 10 ms each, so that a full second can read as 101 %: a share of time ends at 100. For
// the same reason one CPU can read as less than the mean of all, which the busiest is not.
const shareOfOne = (jiffies: number, whole: number, mean: number): number =>
  Math.min(100, Math.max(share(jiffies, whole), mean || 0))

const takeBusiest = (taken: Taken, seconds: number, silence: Absences | undefined): void => {
  const whole = seconds > 0 ? seconds * jiffiesPerSecond : Number.NaN
  const softirq = most[0] ?? Number.NaN
  const steal = most[1] ?? Number.NaN
  takeOver(taken, 'cpu.softirq_max', shareOfOne(softirq, whole, means.softirq), seconds, whole)
  if (silence === undefined) takeOver(taken, 'cpu.steal_max', shareOfOne(steal, whole, means.steal), seconds, whole)
  else lack(taken, silence)
}

const virtualIn = (lines: readonly string[] | 'absent'): boolean | undefined =>
  lines === 'absent' || lines[0] === undefined ? undefined : lines[0] === '1'

const isUnknown = (times: readonly number[]): boolean => {
  for (let index = 0; index < times.length; index += 1) if (Number.isNaN(times[index])) return true
  return false
}

/** Reads the times of all CPUs: into the state, and their growth. */
const readTimes = (state: State, lines: readonly string[] | 'absent'): void => {
  readDecimals(lines === 'absent' ? '' : (lines[0] ?? ''), now)
  cpuGrowth(state.times, now, growth)
  for (let index = 0; index < now.length; index += 1) state.times[index] = now[index] ?? Number.NaN
}

const step = (state: State, section: Section, taken: Taken): void => {
  const cpuinfo = reading(section, 'hypervisor')
  if (cpuinfo !== undefined) state.virtual = virtualIn(cpuinfo)
  const total = reading(section, 'total')
  if (total !== undefined) readTimes(state, total)
  if (total === 'absent') return lack(taken, denied)
  if (total !== undefined && isUnknown(state.times)) return lack(taken, unknown)
  const silence = silenceOf(state)
  means.softirq = Number.NaN
  means.steal = Number.NaN
  if (total !== undefined) takeMeans(taken, section.seconds('total'), silence?.[0])
  const busiest = reading(section, 'busiest')
  if (busiest === undefined || busiest === 'absent') return
  readDecimals(busiest[0] ?? '', most)
  takeBusiest(taken, section.seconds('busiest'), silence?.[1])
}

const fileTier: FileTier<State> = {
  kind: 'files',
  tier: 'proc',
  scope: 'machine',
  metrics,
  begin: () => ({ times: gaps(cpuFields.length), virtual: undefined }),
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
