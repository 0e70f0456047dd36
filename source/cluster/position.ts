import type { Clean } from '../text/clean.ts'
import type { Failure } from './failure.ts'
import { type Listed, listInPages, listWhole, type Scope } from './list.ts'
import type { Shared } from './shared.ts'

/** How one scope fares; see `SourceStatus`. Times are our monotonic ms. */
export interface Report {
  readonly state: 'live' | 'polling' | 'stale'
  readonly cause: Clean
  readonly until: number
}

/** Why a loop ended: it was stopped, the right is not there, the resource is not there, or watching brings nothing. */
export interface End {
  readonly why: 'stopped' | 'forbidden' | 'absent' | 'mute'
  /** What was forbidden. */
  readonly verb: 'list' | 'watch'
  readonly cause: Clean
}

/** Where a scope's reading stands; it outlives the loop, so that a later one goes on from there. */
export interface Position {
  /** From where on changes are to be told; undefined: a full state is needed. */
  version: string | undefined
  /** The newest version that was seen: no state older than it may take its place. */
  newest: string
  /** Whether a full state was ever there. */
  ever: boolean
  /** The way to a full state that is left: a better one failed here. */
  way: 'watch' | 'whole' | 'pages'
  /** Lists in one piece that broke off, in a row. */
  cuts: number
}

export const startPosition = (): Position => ({ version: undefined, newest: '0', ever: false, way: 'watch', cuts: 0 })

/** A full state by a list, in the way that is left. */
export const listBy = async (
  shared: Shared,
  scope: Scope,
  position: Position,
  signal: AbortSignal,
): Promise<Listed | Failure> => {
  if (position.way === 'pages') return listInPages(shared, scope, signal)
  const outcome = await listWhole(shared, scope, position.newest, signal)
  position.cuts = outcome.kind === 'cut' || outcome.kind === 'silent' ? position.cuts + 1 : 0
  // It began and did not end: somebody between lets no such answer pass, or the server gave up on it.
  if (outcome.kind === 'garbage' || outcome.kind === 'unsuited' || position.cuts > 1) position.way = 'pages'
  return outcome
}
