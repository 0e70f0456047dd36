import type { MetricId } from '../../metrics/catalogue.ts'
import type { FileTier, Probe } from '../probe.ts'
import { miss, nothingTaken, take } from '../taken.ts'
import { decimalIn } from './decimal.ts'
import { rate } from './rates.ts'
import { reading } from './reading.ts'

type Resource = 'cpu' | 'io' | 'memory'

const resources: readonly Resource[] = ['cpu', 'io', 'memory']
const metrics = resources.map((resource): MetricId => `pressure.${resource}`)

const switchedOff = 'No pressure figures: older than kernel 4.20, or switched off; boot with psi=1.'

/** Microseconds of each resource's `some` line as last read, in the order of {@link resources}. */
type State = readonly number[]

/** Microseconds since boot in which some task waited, from `total=123`; NaN for anything else. */
export const stalled = (line: string | undefined): number =>
  line?.startsWith('total=') ? decimalIn(line, 6, line.length) : Number.NaN

/**
 * A rate of microseconds a second as a percentage of time. The clock of the frame steps by 10 ms, so a fully stalled second
 * can read as 101 %: a share of time ends at 100.
 */
const percentOf = (microseconds: number): number => Math.min(100, microseconds / 10_000)

const fileTier: FileTier<State> = {
  kind: 'files',
  tier: 'proc',
  scope: 'machine',
  metrics,
  start: resources.map(() => Number.NaN),
  step(before, section) {
    const taken = nothingTaken()
    const state = before.slice()
    for (let index = 0; index < resources.length; index += 1) {
      const resource = resources[index]
      const metric = metrics[index]
      if (resource === undefined || metric === undefined) continue
      const lines = reading(section, resource)
      if (lines === undefined) continue
      // Switched off, some kernels keep the files and refuse to read them, which not every awk tells from an empty file.
      const none = lines === 'absent' || lines.length === 0
      const total = none ? Number.NaN : stalled(lines[0])
      const seconds = section.seconds(resource)
      if (none) miss(taken, metric, 'no-kernel', switchedOff)
      else if (Number.isNaN(total))
        miss(taken, metric, 'no-data', `/proc/pressure/${resource} has no total here: look at it on the node.`)
      else take(taken, metric, percentOf(rate(before[index] ?? Number.NaN, total, seconds)), { window: seconds })
      state[index] = total
    }
    return { state, taken }
  },
}

const some = (resource: Resource) =>
  ({ kind: 'rows', file: `/proc/pressure/${resource}`, begin: ['some'], fields: [5], every: 1 }) as const

/**
 * Pressure stall information: the growth of `some ... total=`, microseconds in which at least one task waited
 * (Documentation/accounting/psi.rst). The kernel's own averages move too slowly for an incident.
 */
export const pressureProbe: Probe = {
  name: 'pressure',
  takes: { cpu: some('cpu'), io: some('io'), memory: some('memory') },
  tiers: [fileTier],
}
