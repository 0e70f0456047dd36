import type { OptInStatus } from '../events/link.ts'
import type { Absence } from '../events/origin.ts'
import type { Connection } from './connections/connection.ts'
import type { ProbeContext } from './probe.ts'
import type { StreamTierOptions } from './stream-tier.ts'
import type { Taken } from './taken.ts'
import type { Slot } from './tier-memory.ts'
import type { TierOptions } from './tier-options.ts'

/** What a session has for its tiers, and hears of them; `Place`: where in the session one stands. */
export interface TierHost<Place> {
  readonly connection: Connection
  readonly signal: AbortSignal
  now(): number
  deliver(place: Place, taken: Taken, at: number): void
  refuse(place: Place, absence: Absence): void
  status(status: OptInStatus): void
}

// A class for the same reason as the arbiter: a thousand nodes have eight of them each.
class SessionTier<Tier, Place> implements TierOptions<Tier>, Omit<StreamTierOptions, 'tier'> {
  readonly tier: Tier
  readonly context: ProbeContext
  readonly slot: Slot | undefined
  private readonly host: TierHost<Place>
  private readonly place: Place

  constructor(host: TierHost<Place>, place: Place, tier: Tier, context: ProbeContext, slot: Slot | undefined) {
    this.host = host
    this.place = place
    this.tier = tier
    this.context = context
    this.slot = slot
  }

  get connection(): Connection {
    return this.host.connection
  }
  get signal(): AbortSignal {
    return this.host.signal
  }
  now(): number {
    return this.host.now()
  }
  deliver(taken: Taken, at: number): void {
    this.host.deliver(this.place, taken, at)
  }
  refuse(absence: Absence): void {
    this.host.refuse(this.place, absence)
  }
  status(status: OptInStatus): void {
    this.host.status(status)
  }
}

/** What a tier that runs something is given in this place of a session. */
export const sessionTier = <Tier, Place>(
  host: TierHost<Place>,
  place: Place,
  tier: Tier,
  context: ProbeContext,
  slot: Slot | undefined,
): SessionTier<Tier, Place> => new SessionTier(host, place, tier, context, slot)
