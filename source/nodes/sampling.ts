import type { Link, LinkState } from '../events/link.ts'
import { clean } from '../text/clean.ts'
import { type Cause, type Connection, ConnectionError, type Occasion } from './connections/connection.ts'
import { isFlood } from './connections/flood-guard.ts'
import type { NamespaceTick } from './namespace-rounds.ts'
import type { Beat, Pulse } from './pulse.ts'
import type { Sampler } from './sampler/session.ts'
import type { Every } from './sampler/take.ts'
import type { Time } from './time.ts'

/** What becomes of the frames of one sampler. */
export interface Frames {
  /** A frame has been read; `at` is the time of the tick that asked for it. */
  frame(at: number): void
  /** Once a second. */
  second(at: number): void
  /** The sampler is gone. */
  end(): void
}

export interface SamplingOptions {
  readonly connection: Connection
  /** Starts a sampler, or one that takes the place of another. Rejects with a {@link ConnectionError}. */
  readonly open: (onFrame: () => void, after?: Sampler) => Promise<Sampler>
  readonly frames: (sampler: Sampler) => Frames
  /** Groups that the next tick reads; `tick` counts from 0 for each sampler. */
  readonly groups: (tick: number) => readonly Every[]
  /** What it reads of other network namespaces; asked for after the groups. */
  readonly namespaces?: () => NamespaceTick | undefined
  /** What the link has come to; `until`: when another sampler is started, where that is not at once. */
  readonly tell: (state: LinkState, cause: string, more?: Pick<Link, 'lease' | 'until'>) => void
  /** A person who wants the next sampler started at once. */
  readonly asked?: Occasion
  /** The phase of the second in which this node ticks, ms. */
  readonly phase: number
  readonly pulse: Pulse
  readonly time: Time
  readonly signal: AbortSignal
}

/** Milliseconds between two ticks at the least: the node's clocks step by 10 ms, so that shorter ones give wild rates. */
const leastInterval = 500
/** Milliseconds that a frame may take before its sampler counts as hanging. */
const frameLimit = 5000
const silent = `the sampler does not answer within ${frameLimit / 1000} s: the node is overloaded, or its processes are stopped`
/** Milliseconds of own lateness from which on a limit is not judged. */
const lateLimit = 1000
/** Milliseconds between two attempts to start a sampler on a connection that lives, at most. */
const longestWait = 60_000
/** Milliseconds between two attempts to find a successor. */
const successionWait = 5000
/** Milliseconds after which a sampler counts as one that worked: the next one starts at once. */
const steady = 10_000

const reasonOf = (error: unknown): string =>
  error instanceof ConnectionError ? error.reason.cause : error instanceof Error ? error.message : String(error)

/** Milliseconds after which a sampler needs a successor, because its lease is not renewed by ticks. */
const termOf = ({ hello }: Sampler): number => {
  if (hello.relay || hello.lease === 0) return Number.POSITIVE_INFINITY
  return (hello.lease - Math.min(30, hello.lease / 3)) * 1000
}

/**
 * Samples over one connection until that is gone; gives back why. A sampler that ends, or cannot be started, is started
 * again on the same connection: a login is dear, and may not be possible any more.
 */
export const sampleOver = async (options: SamplingOptions): Promise<Cause> => {
  const { connection, pulse, time, tell, signal, phase } = options
  let wake = (): void => undefined
  let gone: Cause | undefined
  const onAbort = (): void => wake()
  signal.addEventListener('abort', onAbort, { once: true })
  void connection.closed.then((cause) => {
    gone = cause
    wake()
  })
  let liveSince = Number.POSITIVE_INFINITY
  // Not to be narrowed: it changes while we wait.
  const isGone = (): boolean => gone !== undefined || signal.aborted

  const pause = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer)
        leave?.()
        wake = () => undefined
        resolve()
      }
      const timer = setTimeout(finish, milliseconds)
      const leave = options.asked?.(finish)
      wake = finish
      if (isGone()) finish()
    })

  /** Ticks one sampler until it ends; gives back why it did. */
  const tickUntilEnd = async (): Promise<string> => {
    // In an object that lives on: a double that a closure holds is made anew each time it changes.
    const moments = { tick: Number.NaN, sent: Number.NaN, succession: Number.POSITIVE_INFINITY }
    let ticks = 0
    let inFlight = false
    let live = false
    let isOver = false
    let isFinding = false
    let ended: string | undefined
    const over = Promise.withResolvers<void>()
    /** A node may say what it likes, such as a frame right behind its greeting: only the one that is ticked is listened to. */
    const open = async (after?: Sampler): Promise<Sampler> => {
      let own: Sampler | undefined
      own = await options.open(() => {
        if (inFlight && own !== undefined && own === sampler) onFrame()
      }, after)
      return own
    }
    let sampler = await open()
    let successor: Sampler | undefined

    const end = (why: string): void => {
      ended ??= why
      over.resolve()
    }
    const onFrame = (): void => {
      if (isOver) return
      inFlight = false
      if (!live) tell('live', '', { lease: sampler.hello.lease })
      if (!live) liveSince = time.now()
      live = true
      frames.frame(moments.tick)
    }
    const install = (next: Sampler): void => {
      sampler = next
      moments.succession = time.now() + termOf(next)
      void next.ended.then((why) => {
        if (sampler === next) end(why)
      })
    }
    const findSuccessor = async (): Promise<void> => {
      moments.succession = time.now() + successionWait
      isFinding = true
      try {
        const next = await open(sampler)
        if (ended === undefined && !isGone()) successor = next
        else next.close()
      } catch {
        // One that cannot be had is tried for again; when the lease has run out the usual restart follows.
      } finally {
        isFinding = false
      }
    }
    const succeed = (next: Sampler): void => {
      const before = sampler
      install(next)
      before.close()
      successor = undefined
      ticks = 0
    }

    const tick = (at: number, tickAt: number): void => {
      if (successor !== undefined) succeed(successor)
      moments.tick = tickAt
      moments.sent = at
      inFlight = true
      sampler.tick(options.groups(ticks), options.namespaces?.())
      ticks += 1
    }
    const step: Beat = (at, boundary) => {
      if (successor === undefined && !isFinding && at >= moments.succession) void findSuccessor()
      if (!inFlight) tick(at, boundary)
      else if (at - moments.sent > frameLimit && time.late() < lateLimit) end(silent)
      frames.second(at)
    }
    const beat: Beat = (at, boundary) => {
      if (ended !== undefined || isGone() || boundary - moments.sent < leastInterval) return
      try {
        step(at, boundary)
      } catch (error) {
        end(reasonOf(error))
      }
    }

    install(sampler)
    const frames = options.frames(sampler)
    wake = over.resolve
    const leave = pulse.join(phase, beat)
    const now = time.now()
    beat(now, now)
    if (isGone()) over.resolve()
    await over.promise
    wake = () => undefined
    leave()
    isOver = true
    successor?.close()
    frames.end()
    sampler.close()
    const last = await sampler.ended
    return ended ?? last
  }

  let failures = 0
  while (!isGone()) {
    // The time that a start took is none in which it worked.
    liveSince = Number.POSITIVE_INFINITY
    const why = await tickUntilEnd().catch(reasonOf)
    failures = time.now() - liveSince > steady ? 0 : failures + 1
    if (isFlood(why)) gone ??= { state: 'lost', cause: clean(why) }
    const wait = failures === 0 ? 0 : Math.min(longestWait, 500 * 2 ** failures)
    if (!isGone()) tell('no-data', why, wait === 0 ? {} : { until: time.now() + wait })
    if (!isGone()) await pause(wait)
  }
  signal.removeEventListener('abort', onAbort)
  return gone ?? { state: 'lost', cause: clean('given up') }
}
