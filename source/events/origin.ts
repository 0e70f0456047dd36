import type { Clean } from '../text/clean.ts'

/** Whose network or machine a figure speaks of. */
export type Scope = 'host' | 'pod' | 'node' | 'machine'

/** Why a figure is not there. */
export type Missing =
  | 'denied'
  | 'no-tool'
  | 'no-kernel'
  | 'not-asked'
  | 'not-applicable'
  | 'no-data'
  | 'lost'
  | 'not-recorded'

/** A reason for a gap, and what a person can do about it. */
export interface Absence {
  readonly missing: Missing
  readonly advice: Clean
}

/** The way in which a metric is taken now. `namespaces` stands with scope `node`: how many were read, of how many. */
export interface Source {
  readonly tier: Clean
  readonly scope: Scope
  readonly namespaces?: { readonly read: number; readonly of: number }
  /** Seconds between two readings, where they are less frequent than usual to spare the node. */
  readonly every?: number
  /** The levels of the catalogue do not apply to it here: it never raises a band. */
  readonly unjudged?: true
}

/** Where a metric comes from, or why it is missing. */
export type Origin = Source | Absence

export const isAbsent = (origin: Origin): origin is Absence => 'missing' in origin
