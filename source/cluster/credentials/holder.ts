import type { ExecCredential } from './exec-answer.ts'

export interface Clocks {
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** Wall clock, milliseconds: it alone goes on while a laptop sleeps. */
  readonly wall: () => number
}

/** Keeps one credential: fetched once for all who wait, renewed before it ends and when it was refused. */
export interface Holder {
  /** Rejects with what the fetch rejected with; while it waits after failures, with the last of that. */
  current(): Promise<ExecCredential>
  /** The server accepted it. */
  accepted(credential: ExecCredential): void
  /** The server refused it; another one by now is not meant. */
  refused(credential: ExecCredential, error: Error): void
}

/** Milliseconds. */
const times = { early: 60_000, leastLife: 30_000, firstWait: 10_000, longestWait: 300_000 } as const

interface Held {
  readonly credential: ExecCredential
  readonly renewAt: number
  /** Monotonic, and by the wall clock. */
  readonly endsAt: number
  readonly expires: number
  accepted: boolean
}

export const createHolder = (fetch: () => Promise<ExecCredential>, { now, wall }: Clocks): Holder => {
  let held: Held | undefined
  let flight: Promise<ExecCredential> | undefined
  let failures = 0
  let failure: { readonly error: unknown; readonly until: number } | undefined

  const fail = (error: unknown): void => {
    // A plugin may open a browser each time, or count as a failed login: it is not run as fast as requests come.
    failure = { error, until: now() + Math.min(times.firstWait * 2 ** failures, times.longestWait) }
    failures++
  }

  const keep = (credential: ExecCredential): ExecCredential => {
    const { expires = Number.POSITIVE_INFINITY } = credential
    // One that has ended already speaks of a clock that is wrong, here or there: the server decides.
    const life = Math.max(expires - wall(), times.leastLife)
    const endsAt = now() + life
    const renewAt = endsAt - Math.min(times.early, life / 2)
    held = { credential, renewAt, endsAt, expires: wall() + life, accepted: false }
    failure = undefined
    return credential
  }

  const start = (): Promise<ExecCredential> => {
    flight ??= fetch()
      .then(keep, (error: unknown) => {
        fail(error)
        throw error
      })
      .finally(() => {
        flight = undefined
      })
    return flight
  }

  const isWaiting = (): boolean => failure !== undefined && now() < failure.until

  return {
    async current() {
      if (held !== undefined && (now() >= held.endsAt || wall() >= held.expires)) held = undefined
      if (held !== undefined) {
        // Good still: nobody waits for the next one, and that it failed is told once this one has ended.
        if (now() >= held.renewAt && !isWaiting()) start().catch(() => undefined)
        return held.credential
      }
      if (flight === undefined && failure !== undefined && isWaiting()) throw failure.error
      return start()
    },
    accepted(credential) {
      if (held?.credential !== credential || held.accepted) return
      held.accepted = true
      failures = 0
    },
    refused(credential, error) {
      if (held?.credential !== credential) return
      // One that was never good: the next will hardly be better.
      if (!held.accepted) fail(error)
      held = undefined
    },
  }
}
