import type { Absence } from '../events/origin.ts'
import type { Connection } from './connections/connection.ts'
import type { ProbeContext } from './probe.ts'
import type { Taken } from './taken.ts'
import type { Slot } from './tier-memory.ts'

/** What a tier that runs something is given, whichever kind it is. */
export interface TierOptions<Tier> {
  readonly tier: Tier
  readonly connection: Connection
  readonly context: ProbeContext
  deliver(taken: Taken, at: number): void
  refuse(absence: Absence): void
  readonly signal: AbortSignal
  /** Where what it gathers is left to the next session; not there: nowhere. */
  readonly slot?: Slot | undefined
}
