import { type Clean, clean } from '../text/clean.ts'
import { causeOf } from './failure.ts'
import { backOffAfter, between } from './limits.ts'
import type { Scope } from './list.ts'
import { type End, listBy, type Position, type Report } from './position.ts'
import type { Shared } from './shared.ts'

/** How often a scope is listed, in ms, and why it is not watched. */
export interface Polling {
  readonly every: readonly [number, number]
  readonly cause: Clean
}

/**
 * Lists a scope now and then, for those who may not watch it, until something ends it for good. Never rejects.
 */
export const pollScope = async (
  shared: Shared,
  scope: Scope,
  position: Position,
  { every, cause }: Polling,
  report: (report: Report) => void,
  signal: AbortSignal,
): Promise<End> => {
  const { now, random, limits, waits } = shared
  let failures = 0
  for (;;) {
    const outcome = await listBy(shared, scope, position, signal)
    if (signal.aborted || outcome.kind === 'stopped') return { why: 'stopped', verb: 'list', cause: clean('') }
    if (outcome.kind === 'listed') {
      failures = 0
      // Where it may be watched later on, it is from here.
      position.version = outcome.version
      position.newest = outcome.version
      position.ever = true
      const wait = between(every, random)
      report({ state: 'polling', cause, until: now() + wait })
      await waits.pause(wait, signal)
      continue
    }
    if (outcome.kind === 'forbidden' || outcome.kind === 'absent')
      return { why: outcome.kind, verb: 'list', cause: outcome.cause }
    failures++
    if (outcome.kind === 'gone' || outcome.kind === 'answered') position.newest = '0'
    const wait =
      outcome.kind === 'busy' ? Math.min(outcome.after, limits.retryAfter) : backOffAfter(failures, limits, random)
    report({ state: 'stale', cause: causeOf(outcome), until: now() + wait })
    await waits.pause(wait, signal)
  }
}
