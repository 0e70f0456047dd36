import type { Clean } from '../text/clean.ts'

/** What is read from a cluster, named as in a rule of RBAC: `pods`, `pods/proxy`. */
export type SourceName = Clean

/**
 * `starting`: nothing is known yet. `live`: told of every change. `polling`: listed now and then, since nobody may watch it.
 * `stale`: it was known and is not told of now. `denied`: a right is missing. `absent`: the server has no such resource.
 */
export type SourceState = 'starting' | 'live' | 'polling' | 'stale' | 'denied' | 'absent'

/** A right that is missing, and what it costs. */
export interface Lacking {
  /** As one would write it: `list, watch pods`, with the API group where it has one, and the namespace where only there. */
  readonly rule: Clean
  /** What is lost without it. */
  readonly feeds: Clean
}

/** Of so many objects that are left out the names are kept, so that each counts once; there may be more. */
export const mostLeftOut = 1000

/** How one source fares. Times are our monotonic ms. */
export interface SourceStatus {
  readonly state: SourceState
  /** Why it is not live; empty where it is. */
  readonly cause: Clean
  /** Up to when its records are known to hold; NaN: as of now while it is live, else never. */
  readonly known: number
  /** When the next attempt is due; NaN: none is awaited. */
  readonly until: number
  /** The namespaces that are read, where it is not all of them. */
  readonly namespaces?: readonly Clean[]
  readonly lacking: readonly Lacking[]
  /**
   * Objects that are left out because something in them cannot be, each counted once, up to {@link mostLeftOut}; one
   * reason is in `leftOutCause`.
   */
  readonly leftOut: number
  readonly leftOutCause: Clean
}

/** The API server as a whole. Times are our monotonic ms. */
export interface ApiStatus {
  readonly state: 'starting' | 'live' | 'stale'
  /** Why it does not answer; empty while it does. */
  readonly cause: Clean
  /** Since when it is in this state; where it is stale, its last word. */
  readonly since: number
  /** How long our last small call took, ms; NaN before one was answered. */
  readonly latency: number
  /** When a watch last told of anything; NaN: never. */
  readonly heard: number
  /** Its version, such as `v1.34.1`; empty until it said so. */
  readonly version: Clean
  /** By how much its clock is ahead of our monotonic one, ms, within half a second; NaN until it said the date. */
  readonly ahead: number
}

export type SourceEvent =
  | { readonly type: 'source'; readonly source: SourceName; readonly status: SourceStatus }
  | { readonly type: 'api'; readonly status: ApiStatus }
