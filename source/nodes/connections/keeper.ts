import type { LinkState } from '../../events/link.ts'
import { clean } from '../../text/clean.ts'
import { type Attempt, type Cause, type Connect, type Connection, ConnectionError, type Way } from './connection.ts'

export interface KeeperOptions {
  readonly connect: Connect
  /** Holds a connection for as long as it is of use; gives back why no longer. Must not reject. */
  readonly hold: (connection: Connection) => Promise<Cause>
  /** What the link has come to; `until`: monotonic ms of the next attempt. */
  readonly tell: (state: LinkState, cause: string, until?: number) => void
  /** Which way it is tried. */
  readonly onWay: (way: Way) => void
  /** Monotonic milliseconds. */
  readonly now: () => number
  readonly signal: AbortSignal
}

/** Keeps one node connected until the signal aborts, whatever kind of connection it is. */
export interface Keeper {
  /** Settles when the last connection is gone. */
  readonly done: Promise<void>
  /** Ends a wait: tries at once. */
  retry(): void
}

const longestWait = 30_000
/** Milliseconds after which a connection counts as one that worked. */
const steady = 30_000

const causeOf = (error: unknown): Cause =>
  error instanceof ConnectionError
    ? error.reason
    : { state: 'lost', cause: clean(error instanceof Error ? error.message : String(error)) }

/** Full jitter over twice as long at each failure: what failed together does not come back together. */
const backOff = (failures: number): number => Math.min(longestWait, 500 * 2 ** failures) * (0.5 + Math.random() / 2)

export const keepConnected = ({ connect, hold, tell, onWay, now, signal }: KeeperOptions): Keeper => {
  let wake = (): void => undefined
  // Once and for all: a thousand nodes that each listen for every pause make a list that is searched at every turn.
  signal.addEventListener('abort', () => wake(), { once: true })

  /** Waits as long as the cause says; `asked` for a person only. */
  const rest = (cause: Cause, failures: number): Promise<void> =>
    new Promise((resolve) => {
      const { again } = cause
      let timer: NodeJS.Timeout | undefined
      let leave = (): void => undefined
      let isOver = false
      const finish = (): void => {
        // A change may come when the wait for it has long ended: the next one is none of its business.
        if (isOver) return
        isOver = true
        clearTimeout(timer)
        leave()
        wake = () => undefined
        resolve()
      }
      // Not all at once, and never in a circle without a pause.
      const soon = (): void => {
        if (isOver) return
        leave()
        clearTimeout(timer)
        timer = setTimeout(finish, 200 + 800 * Math.random())
      }
      wake = finish
      if (signal.aborted) return finish()
      if (again === 'asked') return tell(cause.state, cause.cause)
      if (again !== undefined && 'when' in again) {
        void again.when.then(soon)
        return tell(cause.state, cause.cause)
      }
      if (again !== undefined && 'on' in again) {
        leave = again.on(soon)
        return tell(cause.state, cause.cause)
      }
      const until = again === undefined ? now() + backOff(failures) : again.at
      timer = setTimeout(finish, Math.max(0, until - now()))
      if (again?.sooner !== undefined) leave = again.sooner(soon)
      tell(cause.state, cause.cause, until)
    })

  const run = async (): Promise<void> => {
    let last = ''
    for (let failures = 0; !signal.aborted; ) {
      let since = Number.POSITIVE_INFINITY
      const before = last === '' ? '' : `again, after: ${last}`
      tell('connecting', before)
      let isUnderWay = true
      const attempt: Attempt = {
        goes(way) {
          if (isUnderWay && !signal.aborted) onWay(way)
        },
        waits(what) {
          if (isUnderWay && !signal.aborted) tell('connecting', what === '' ? before : what)
        },
      }
      let connection: Connection | undefined
      let cause: Cause
      try {
        connection = await connect(signal, attempt)
        isUnderWay = false
        since = now()
        cause = await hold(connection)
      } catch (error) {
        isUnderWay = false
        cause = causeOf(error)
      }
      connection?.close()
      await connection?.closed
      if (signal.aborted) return
      last = cause.cause
      // The time that connecting took is none in which it worked.
      failures = now() - since > steady ? 1 : failures + 1
      await rest(cause, failures)
    }
  }

  return { done: run(), retry: () => wake() }
}
