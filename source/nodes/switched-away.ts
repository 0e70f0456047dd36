import type { OptInStatus } from '../events/link.ts'
import { clean } from '../text/clean.ts'
import type { Probe } from './probe.ts'

const costOf = (probes: readonly Probe[], name: string): string =>
  probes
    .flatMap(({ tiers }) => tiers)
    .flatMap((tier) => (tier.kind === 'stream' && tier.optIn.name === name ? [tier.optIn.cost] : []))
    .join(', ')

/** How an opt-in stands that is switched while nobody can look at its node; `last`: how it stood there. */
export const switchedAway = (probes: readonly Probe[], last: OptInStatus, asked: boolean): OptInStatus => {
  // Its detail says why it cannot run there.
  if (last.command === '') return { ...last, asked, state: asked ? 'refused' : 'off' }
  const cost = costOf(probes, last.name)
  if (!asked) return { ...last, asked, state: 'off', detail: clean(cost) }
  return { ...last, asked, state: 'starting', detail: clean(`once the node is reached: ${cost}`) }
}
