import type { Event } from '../events/event.ts'
import type { Link, LinkState, Transport } from '../events/link.ts'
import type { NodeName } from '../events/subject.ts'
import { type Clean, clean } from '../text/clean.ts'
import { type Connect, type Connection, ConnectionError } from './connections/connection.ts'
import { type NodeSession, startSession } from './node-session.ts'
import type { Plan } from './plan.ts'
import type { Probe, ProbeSettings } from './probe.ts'
import { groups } from './sampler/awk.ts'
import { openSampler, type Sampler } from './sampler/session.ts'
import type { Every } from './sampler/take.ts'

/** What a feed knows of time: nobody else reads a clock. Milliseconds. */
export interface Time {
  now(): number
  /** By how much we were late ourselves in the last second. */
  late(): number
}

export interface WatchOptions {
  readonly node: NodeName
  readonly transport: Transport
  readonly connect: Connect
  readonly probes: readonly Probe[]
  readonly plan: Plan
  readonly settings: ProbeSettings
  readonly optIns: ReadonlySet<string>
  readonly emit: (events: readonly Event[]) => void
  readonly time: Time
  readonly signal: AbortSignal
}

/** One node, watched until the signal aborts: connected, sampled, reconnected. */
export interface NodeWatch {
  readonly done: Promise<void>
  optIn(name: string, on: boolean): void
  /** Reads every group and runs every command now; settles when all have answered, or cannot. */
  sampleNow(): Promise<void>
}

const period = 1000
/** Milliseconds between two ticks at the least: the node's clocks step by 10 ms, so that shorter ones give wild rates. */
const leastInterval = 500
/** Milliseconds that a frame may take before its sampler counts as hanging. */
const frameLimit = 5000
/** Milliseconds of own lateness from which on a limit is not judged. */
const lateLimit = 1000
const longestBackoff = 30_000

/** The node's own phase of the second, so that a thousand nodes do not tick at once: FNV-1a of its name. */
export const phaseOf = (name: string): number => {
  let hash = 0x811c9dc5
  for (let index = 0; index < name.length; index += 1) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193) >>> 0
  return hash % period
}

/** Groups of the tick with this number: the first reads all. */
const groupsOf = (tick: number): readonly Every[] => [
  1,
  ...(tick % 5 === 0 ? [5 as const] : []),
  ...(tick % 60 === 0 ? [60 as const] : []),
]

const causeOf = (error: unknown): { state: Exclude<LinkState, 'connecting' | 'live'>; cause: Clean } =>
  error instanceof ConnectionError
    ? error.reason
    : { state: 'lost', cause: clean(error instanceof Error ? error.message : String(error)) }

export const watchNode = (options: WatchOptions): NodeWatch => {
  const { node, time, signal } = options
  const asked = new Set(options.optIns)
  let session: NodeSession | undefined
  const phase = phaseOf(node)
  // Somebody who wants everything read: at the next tick, and once its frame and all commands have answered.
  let wanted: PromiseWithResolvers<void> | undefined
  let answering: PromiseWithResolvers<void> | undefined
  let wake: () => void = () => undefined

  const tell = (state: LinkState, cause: string, lease?: number): void => {
    const link: Link = {
      transport: options.transport,
      state,
      cause: clean(cause),
      ...(lease === undefined ? {} : { lease }),
    }
    options.emit([{ type: 'link', subject: { node }, link, at: time.now() }])
  }

  const pause = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer)
        wake = () => undefined
        resolve()
      }
      const timer = setTimeout(finish, milliseconds)
      wake = finish
      if (signal.aborted) finish()
    })
  // Once and for all: a thousand nodes that each listen for every pause make a list that is searched at every turn.
  signal.addEventListener('abort', () => wake(), { once: true })

  const boundaryBefore = (at: number): number => Math.floor((at - phase) / period) * period + phase

  /**
   * Milliseconds until the node's next tick. Rounded up, because timers cut fractions off and may fire a millisecond early:
   * a tick before its time would bear the time of the one before.
   */
  const untilTick = (sentAt: number): number => {
    const now = time.now()
    const next = boundaryBefore(now) + period
    return Math.ceil((next - sentAt < leastInterval ? next + period : next) - now) + 1
  }

  /** Ticks one sampler until it ends; gives back why it did. */
  const tickUntilEnd = async (connection: Connection): Promise<string> => {
    let tickAt = Number.NaN
    let sentAt = Number.NaN
    let inFlight = false
    let live = false
    let ended: string | undefined

    const onFrame = (): void => {
      inFlight = false
      if (!live) tell('live', '', sampler.hello.lease)
      live = true
      current.frame(tickAt)
      const full = answering
      answering = undefined
      if (full !== undefined) void current.runAll(time.now()).finally(full.resolve)
    }
    const sampler: Sampler = await openSampler({ connection, takes: options.plan.takes, signal, onFrame })
    const over = new AbortController()
    const current = startSession({
      ...options,
      connection,
      hello: sampler.hello,
      held: sampler.held,
      asked: (name) => asked.has(name),
      now: time.now,
      // What was begun in this session must not speak into the next one.
      signal: AbortSignal.any([signal, over.signal]),
    })
    session = current
    void sampler.ended.then((why) => {
      ended = why
      wake()
    })

    for (let tick = 0; ended === undefined && !signal.aborted; ) {
      const now = time.now()
      if (inFlight) {
        if (now - sentAt > frameLimit && time.late() < lateLimit) sampler.close()
      } else {
        tickAt = tick === 0 ? now : boundaryBefore(now)
        inFlight = true
        sentAt = now
        answering = wanted
        wanted = undefined
        sampler.tick(answering === undefined ? groupsOf(tick) : groups)
        tick += 1
      }
      current.second(now)
      await pause(untilTick(sentAt))
    }
    over.abort()
    sampler.close()
    return ended ?? (await sampler.ended)
  }

  const run = async (): Promise<void> => {
    let last = ''
    for (let failures = 0; !signal.aborted; ) {
      const began = time.now()
      tell('connecting', last === '' ? '' : `again, after: ${last}`)
      let connection: Connection | undefined
      try {
        connection = await options.connect(signal)
        last = await tickUntilEnd(connection)
        if (!signal.aborted) tell('lost', last)
      } catch (error) {
        const { state, cause } = causeOf(error)
        last = cause
        if (!signal.aborted) tell(state, cause)
      } finally {
        session = undefined
        connection?.close()
        wanted?.resolve()
        answering?.resolve()
        wanted = undefined
        answering = undefined
        await connection?.closed
      }
      failures = time.now() - began > longestBackoff ? 1 : failures + 1
      // Full jitter: what failed together does not come back together.
      await pause(Math.min(longestBackoff, 500 * 2 ** failures) * (0.5 + Math.random() / 2))
    }
  }

  return {
    done: run(),
    optIn: (name, on) => {
      if (on) asked.add(name)
      else asked.delete(name)
      session?.second(time.now())
    },
    sampleNow: () => {
      if (session === undefined) return Promise.resolve()
      wanted ??= Promise.withResolvers<void>()
      return wanted.promise
    },
  }
}
