import type { OptIn, Probe } from './probe.ts'
import { conntrackProbe } from './probes/conntrack.ts'
import { costProbe } from './probes/cost.ts'
import { cpuProbe } from './probes/cpu.ts'
import { pressureProbe } from './probes/pressure.ts'
import { softnetProbe } from './probes/softnet.ts'

/** Every probe: a new signal is one file and one line here. */
export const probes: readonly Probe[] = [conntrackProbe, cpuProbe, pressureProbe, softnetProbe, costProbe]

/** Everything that runs only when asked for. */
export const optIns: readonly OptIn[] = probes.flatMap(({ tiers }) =>
  tiers.flatMap((tier) => (tier.kind === 'stream' ? [tier.optIn] : [])),
)
