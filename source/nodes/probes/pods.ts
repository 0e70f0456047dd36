import type { Probe } from '../probe.ts'
import { podsTier } from './pods/tier.ts'

/** What a node's pods add to it. Their counters are read by the sampler, and stand in the probes `tcp` and `udp`. */
export const podsProbe: Probe = { name: 'pods', takes: {}, tiers: [podsTier] }
