import type { Event } from '../events/event.ts'
import type { Api } from './api.ts'
import type { FirstStates } from './first-states.ts'
import type { Limits } from './limits.ts'
import type { Pace } from './pace.ts'
import type { Relists } from './relists.ts'
import type { Words } from './slim/fields.ts'
import type { Waits } from './waits.ts'

/** What everything that reads one API server shares. */
export interface Shared {
  readonly api: Api
  readonly emit: (events: readonly Event[]) => void
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** From 0 to 1. */
  readonly random: () => number
  readonly limits: Limits
  readonly pace: Pace
  readonly waits: Waits
  readonly words: Words
  readonly relists: Relists
  readonly firstStates: FirstStates
  /** A watch told of something. */
  heard(): void
  /** The server said the date, in its `Date` header. */
  dated(date: string | undefined): void
}
