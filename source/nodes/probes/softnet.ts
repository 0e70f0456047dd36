import type { FileTier, Probe } from '../probe.ts'
import { miss, nothingTaken, take } from '../taken.ts'
import { decimals } from './decimal.ts'
import { wrappingRate } from './rates.ts'
import { noNumber, notShown, reading } from './reading.ts'

const file = '/proc/net/softnet_stat'
const metrics = ['softnet.drops', 'softnet.squeezes'] as const

const fileTier: FileTier<readonly number[]> = {
  kind: 'files',
  tier: 'proc',
  scope: 'machine',
  metrics,
  start: [],
  step(before, section) {
    const taken = nothingTaken()
    const lines = reading(section, 'cpus')
    if (lines === undefined) return { state: before, taken }
    const counters = lines === 'absent' ? [] : decimals(lines[0] ?? '')
    const seconds = section.seconds('cpus')
    metrics.forEach((metric, index) => {
      const value = counters[index] ?? Number.NaN
      if (lines === 'absent') miss(taken, metric, 'no-kernel', notShown(file))
      else if (Number.isNaN(value)) miss(taken, metric, 'no-data', noNumber(file))
      else take(taken, metric, wrappingRate(before[index] ?? Number.NaN, value, seconds), { window: seconds })
    })
    return { state: counters, taken }
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
