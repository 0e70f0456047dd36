import type { FileTier, Probe } from '../probe.ts'
import { absences, lack, takeOver } from '../taken.ts'
import { readDecimals } from './decimal.ts'
import { wrappingRate } from './rates.ts'
import { noNumber, notShown, reading } from './reading.ts'
import { gaps } from './rows.ts'

const file = '/proc/net/softnet_stat'
const metrics = ['softnet.drops', 'softnet.squeezes'] as const

const absent = absences(metrics, 'no-kernel', notShown(file))
const counters = metrics.map((metric) => ({ metric, unknown: absences([metric], 'no-data', noNumber(file)) }))

/** As just read, in the order of {@link counters}; what a node had before is in its state. */
const now = gaps(counters.length)

const fileTier: FileTier<number[]> = {
  kind: 'files',
  tier: 'proc',
  scope: 'machine',
  metrics,
  begin: () => gaps(counters.length),
  step(before, section, taken) {
    const lines = reading(section, 'cpus')
    if (lines === undefined) return
    if (lines === 'absent') {
      lack(taken, absent)
      before.fill(Number.NaN)
      return
    }
    readDecimals(lines[0] ?? '', now)
    const seconds = section.seconds('cpus')
    for (let index = 0; index < counters.length; index += 1) {
      const counter = counters[index]
      const value = now[index] ?? Number.NaN
      if (counter === undefined) continue
      if (Number.isNaN(value)) lack(taken, counter.unknown)
      else takeOver(taken, counter.metric, wrappingRate(before[index] ?? Number.NaN, value, seconds), seconds)
      before[index] = value
    }
  },
}

/**
 * The receive path before the protocol stack: columns 2 (dropped) and 3 (time_squeeze) of softnet_stat, 32 bits each, added
 * up over the CPUs that are online (net/core/net-procfs.c). A pod shows the same numbers.
 */
export const softnetProbe: Probe = {
  name: 'softnet',
  takes: { cpus: { kind: 'hex', file, header: false, sum: ['2', '3'], every: 1 } },
  tiers: [fileTier],
}
