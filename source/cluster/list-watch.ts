import { type Clean, clean } from '../text/clean.ts'
import type { Failure } from './failure.ts'
import { backOffAfter, between } from './limits.ts'
import type { Listed, Scope } from './list.ts'
import { type End, listBy, type Position, type Report } from './position.ts'
import type { Shared } from './shared.ts'
import { type Ended, watchScope } from './watch.ts'

type Outcome = (Ended | Listed | Failure) & { readonly verb: 'list' | 'watch' }

/** Failures of one kind in a row after which something else is tried. */
const patience = 3

/**
 * Keeps a scope's view as the API server has it, until something ends it for good: the full state first, then every change;
 * after any failure from where it stood, or by a full state where that is forgotten. Never rejects.
 */
export const listWatch = async (
  shared: Shared,
  scope: Scope,
  position: Position,
  report: (report: Report) => void,
  signal: AbortSignal,
): Promise<End> => {
  const { now, random, limits, waits } = shared
  let failures = 0
  let odd = 0
  let mute = 0
  let refused = false

  const live = (): void => report({ state: 'live', cause: clean(''), until: Number.NaN })

  const rest = async (milliseconds: number, cause: Clean): Promise<void> => {
    report({ state: 'stale', cause, until: now() + milliseconds })
    await waits.pause(milliseconds, signal)
  }

  const backOff = async (cause: Clean): Promise<void> => {
    failures++
    await rest(backOffAfter(failures, limits, random), cause)
  }

  const settle = (): void => {
    odd = 0
    mute = 0
    refused = false
  }

  for (;;) {
    const begun = now()
    const outcome = await step(shared, scope, position, signal, live, (until) => {
      report({ state: 'stale', cause: clean('the changes since then are forgotten: it is listed again'), until })
    })
    const { kind, verb } = outcome
    if (signal.aborted || kind === 'stopped') return { why: 'stopped', verb, cause: clean('') }
    if (now() - begun >= limits.settled) failures = 0
    if (kind !== 'silent') mute = 0
    switch (kind) {
      case 'listed':
        settle()
        position.version = outcome.version
        position.newest = outcome.version
        position.ever = true
        continue
      case 'ended':
        if (outcome.spoke) settle()
        // The server ends a watch after minutes. One that ends at once is no success, but nothing was lost with it either.
        if (now() - begun >= limits.settled) continue
        if (failures > 0) await backOff(clean('the API server ends every watch at once'))
        else await waits.pause(backOffAfter(++failures, limits, random), signal)
        continue
      case 'forbidden':
      case 'absent':
        return { why: kind, verb, cause: outcome.cause }
      case 'unauthorised':
        // The credentials were told; with fresh ones it is tried once at once.
        if (refused) await backOff(outcome.cause)
        refused = true
        continue
      case 'busy':
        await rest(Math.min(outcome.after, limits.retryAfter) * between([1, 1.2], random), outcome.cause)
        continue
      case 'gone':
        // Also a list may be refused so, where what it continues is forgotten, or the server's history began anew.
        if (position.version === undefined) {
          position.newest = '0'
          await backOff(outcome.cause)
        }
        position.version = undefined
        continue
      case 'silent':
        if (position.version !== undefined && ++mute >= patience) return { why: 'mute', verb, cause: outcome.cause }
        await backOff(outcome.cause)
        continue
      case 'garbage':
      case 'answered':
      case 'unsuited':
        // What cannot be read again and again, or is asked for in vain, is no longer asked for from there.
        if (++odd >= patience) {
          odd = 0
          position.version = undefined
          position.newest = '0'
        }
        await backOff(outcome.cause)
        continue
      case 'broken':
      case 'cut':
        await backOff(outcome.cause)
        continue
    }
  }
}

/** One request after another up to the next decision: a full state where one is needed, else the changes. */
const step = async (
  shared: Shared,
  scope: Scope,
  position: Position,
  signal: AbortSignal,
  live: () => void,
  waitsForTurn: (until: number) => void,
): Promise<Outcome> => {
  const { version } = position
  const reached = (next: string): void => {
    position.version = next
    position.newest = next
  }
  if (version !== undefined) {
    const outcome = await watchScope(shared, scope, { version, first: undefined, reached, begun: live }, signal)
    return { ...outcome, verb: 'watch' }
  }
  const key = `${scope.resource.name} ${scope.namespace ?? ''}`
  if (position.ever) waitsForTurn(Math.max(shared.now(), shared.relists.due(key)))
  const release = position.ever ? await shared.relists.turn(key, signal) : () => undefined
  try {
    return await fullState(shared, scope, position, signal, reached, () => {
      position.ever = true
      release()
      live()
    })
  } finally {
    release()
  }
}

const fullState = async (
  shared: Shared,
  scope: Scope,
  position: Position,
  signal: AbortSignal,
  reached: (version: string) => void,
  begun: () => void,
): Promise<Outcome> => {
  const { firstStates, limits } = shared
  const way = position.way === 'watch' ? await firstStates.way() : 'list'
  if (way === 'list') return { ...(await listBy(shared, scope, position, signal)), verb: 'list' }

  const first = { patience: way === 'try' ? limits.firstState : limits.inactivity }
  let whole = false
  const outcome = await watchScope(
    shared,
    scope,
    {
      version: position.newest,
      first,
      reached,
      begun() {
        whole = true
        if (way === 'try') firstStates.decided(true)
        begun()
      },
    },
    signal,
  )
  if (whole) return { ...outcome, verb: 'watch' }
  if (outcome.kind !== 'silent' && outcome.kind !== 'unsuited') {
    if (way === 'try') firstStates.undecided()
    return { ...outcome, verb: 'watch' }
  }
  // It answers and gives no state: it is listed instead, here and, if nobody knows better, everywhere.
  if (way === 'try') firstStates.decided(false)
  position.way = 'whole'
  return { ...(await listBy(shared, scope, position, signal)), verb: 'list' }
}
