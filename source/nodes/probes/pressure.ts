import type { FileTier, Probe } from '../probe.ts'
import { absences, lack, takeOver } from '../taken.ts'
import { decimalIn } from './decimal.ts'
import { rate } from './rates.ts'
import { reading } from './reading.ts'
import { gaps } from './rows.ts'

type Resource = 'cpu' | 'io' | 'memory'

const switchedOff = 'No pressure figures: older than kernel 4.20, or switched off; boot with psi=1.'

const resourceOf = <Name extends Resource>(name: Name) => {
  const metric = `pressure.${name}` as const
  return {
    name,
    metric,
    none: absences([metric], 'no-kernel', switchedOff),
    unknown: absences([metric], 'no-data', `/proc/pressure/${name} has no total here: look at it on the node.`),
  }
}

const resources = [resourceOf('cpu'), resourceOf('io'), resourceOf('memory')] as const

/** Microseconds since boot in which some task waited, from `total=123`; NaN for anything else. */
export const stalled = (line: string | undefined): number =>
  line?.startsWith('total=') ? decimalIn(line, 6, line.length) : Number.NaN

/**
 * A rate of microseconds a second as a percentage of time. The clock of the frame steps by 10 ms, so a fully stalled second
 * can read as 101 %: a share of time ends at 100.
 */
const percentOf = (microseconds: number): number => Math.min(100, microseconds / 10_000)

/** The state: microseconds of each resource's `some` line as last read, in the order of {@link resources}. */
const fileTier: FileTier<number[]> = {
  kind: 'files',
  tier: 'proc',
  scope: 'machine',
  metrics: resources.map(({ metric }) => metric),
  begin: () => gaps(resources.length),
  step(before, section, taken) {
    for (let index = 0; index < resources.length; index += 1) {
      const resource = resources[index]
      const lines = resource && reading(section, resource.name)
      if (resource === undefined || lines === undefined) continue
      // Switched off, some kernels keep the files and refuse to read them, which not every awk tells from an empty file.
      const isNone = lines === 'absent' || lines.length === 0
      const total = isNone ? Number.NaN : stalled(lines[0])
      const seconds = section.seconds(resource.name)
      if (isNone) lack(taken, resource.none)
      else if (Number.isNaN(total)) lack(taken, resource.unknown)
      else takeOver(taken, resource.metric, percentOf(rate(before[index] ?? Number.NaN, total, seconds)), seconds)
      before[index] = total
    }
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
