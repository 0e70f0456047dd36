import type { OptIn, Probe } from './probe.ts'
import { conntrackProbe } from './probes/conntrack.ts'
import { costProbe } from './probes/cost.ts'
import { cpuProbe } from './probes/cpu.ts'
import { dnsProbe } from './probes/dns.ts'
import { fdatasyncProbe } from './probes/fdatasync.ts'
import { flushProbe } from './probes/flush.ts'
import { kernelProbe } from './probes/kernel.ts'
import { linkProbe } from './probes/link.ts'
import { neighboursProbe } from './probes/neighbours.ts'
import { podsProbe } from './probes/pods.ts'
import { pressureProbe } from './probes/pressure.ts'
import { proxyProbe } from './probes/proxy.ts'
import { rttProbe } from './probes/rtt.ts'
import { softnetProbe } from './probes/softnet.ts'
import { tcpProbe } from './probes/tcp.ts'
import { udpProbe } from './probes/udp.ts'

/** Every probe: a new signal is one file and one line here. */
export const probes: readonly Probe[] = [
  conntrackProbe,
  fdatasyncProbe,
  flushProbe,
  dnsProbe,
  udpProbe,
  rttProbe,
  tcpProbe,
  linkProbe,
  proxyProbe,
  cpuProbe,
  podsProbe,
  pressureProbe,
  softnetProbe,
  neighboursProbe,
  kernelProbe,
  costProbe,
]

/** Everything that runs only when asked for. */
export const optIns: readonly OptIn[] = probes.flatMap(({ tiers }) =>
  tiers.flatMap((tier) => (tier.kind === 'stream' ? [tier.optIn] : [])),
)

export const optInNames: readonly string[] = optIns.map(({ name }) => name)
