import type { Clean } from '../text/clean.ts'

export type Transport = 'local' | 'ssh' | 'openssh'

/**
 * Whether a node is being watched. Anything but `live` has a cause. `not-asked`: nobody has said yet that it may be logged in
 * to; it is no worse for that.
 */
export type LinkState = 'connecting' | 'live' | 'no-data' | 'lost' | 'denied' | 'backing-off' | 'not-asked'

export interface Link {
  readonly transport: Transport
  readonly state: LinkState
  readonly cause: Clean
  /** Seconds until the sampler on the node ends by itself when nobody ticks; undefined until it said so. */
  readonly lease?: number
  /** Which way it takes: `karin@10.0.0.7:22 via bastion`. */
  readonly route?: Clean
  /** What is wrong or odd while it lives: `new logins fail: ...`, `address from cache`. */
  readonly remark?: Clean
  /** When the next attempt is due, monotonic ms, where one is awaited. */
  readonly until?: number
  /** Logins that succeeded since the start. */
  readonly logins?: number
}

/** An opt-in on one node: asked for or not, what would run, and how it fares. */
export interface OptInStatus {
  readonly name: string
  readonly asked: boolean
  /** Empty where it cannot run on this node; `detail` says why then, also while nobody asks for it. */
  readonly command: Clean
  readonly state: 'off' | 'starting' | 'running' | 'refused' | 'ended'
  readonly detail: Clean
}
