import { randomBytes } from 'node:crypto'
import { clean } from '../../text/clean.ts'
import { type Channel, type Connection, ConnectionError } from '../connections/connection.ts'
import { deadline } from '../connections/deadline.ts'
import { awkProgram, type NumberedTake } from './awk.ts'
import { type Leases, samplerProgram, usualLeases } from './bootstrap.ts'
import { createDecoder, type Decoder, type Frame, type Handlers, type Hello } from './decoder.ts'
import { fallbackScript } from './fallback.ts'
import type { Held } from './held.ts'
import type { Every } from './take.ts'

/** Bytes that a node may send within one second. */
const floodLimit = 4 * 1024 * 1024

/** Milliseconds that a sampler has to greet. */
const helloLimit = 10_000

/** A running sampler on a node. */
export interface Sampler {
  readonly hello: Hello
  readonly held: readonly (Held | undefined)[]
  readonly decoder: Decoder
  /** Asks for these groups; the frame comes to `onFrame`. One frame is in flight at most: the caller waits for it. */
  tick(groups: readonly Every[]): void
  /** Settles once, with the reason, when no more frames will come. */
  readonly ended: Promise<string>
  close(): void
}

export interface SamplerOptions {
  readonly connection: Connection
  readonly takes: readonly NumberedTake[]
  readonly onFrame: (frame: Frame) => void
  readonly signal: AbortSignal
  readonly shell?: readonly [string, ...string[]]
  readonly engine?: 'head'
  readonly leases?: Leases
  /** Sessions to end, as their greetings named them. */
  readonly stale?: readonly string[]
  /** The sampler whose place it takes on the same node: what that one held is carried on. */
  readonly after?: Sampler
}

/** Counts bytes a second; true once there were too many. */
const floodGuard = (): ((bytes: number) => boolean) => {
  let second = 0
  let sum = 0
  return (bytes) => {
    const now = Math.floor(performance.now() / 1000)
    if (now !== second) sum = 0
    second = now
    sum += bytes
    return sum > floodLimit
  }
}

/** Starts a sampler and waits for its greeting; rejects with a {@link ConnectionError}. */
export const openSampler = async (options: SamplerOptions): Promise<Sampler> => {
  const { takes, leases = usualLeases } = options
  const marker = [randomBytes(6).toString('hex'), randomBytes(6).toString('hex')] as const
  const channel: Channel = await options.connection.stream(
    samplerProgram({
      marker,
      stale: options.stale ?? [],
      awk: awkProgram(takes),
      fallback: fallbackScript(takes, leases),
      leases,
      ...(options.shell ? { shell: options.shell } : {}),
      ...(options.engine ? { engine: options.engine } : {}),
    }),
    options.signal,
  )

  let reason: string | undefined
  const end = (why: string): void => {
    reason ??= why
    channel.close()
  }
  const ended = channel.exit.then(
    ({ code, signal, stderr }) =>
      reason ??
      (code === 0 ? 'the sampler ended by itself: no tick reached it in time' : describeExit(code, signal, stderr)),
  )

  // What stands where a greeting should: nologin, a forced command, a shell that fails.
  let said = ''
  const greeting = Promise.withResolvers<Hello>()
  const handlers: Handlers = {
    hello: greeting.resolve,
    banner: (line) => {
      if (said === '') said = line.trim()
    },
    frame: options.onFrame,
    failed: end,
  }
  const decoder = createDecoder(takes, marker.join(''), handlers, options.after?.decoder)
  const floods = floodGuard()
  channel.onData((chunk) => (floods(chunk.length) ? end('floods: more than 4 MB in a second') : decoder.push(chunk)))

  const stop = deadline(helloLimit, () =>
    end('the sampler did not greet within 10 s: the login shell is slow, or waits'),
  )
  const first = await Promise.race([greeting.promise, ended])
  stop()
  if (typeof first === 'string')
    throw new ConnectionError({ state: 'no-data', cause: clean(said === '' ? first : answeredBy(said, first)) })

  return {
    hello: first,
    held: decoder.held,
    decoder,
    tick: (groups) => channel.write(`${groups.join(' ')}\n`),
    ended,
    close: () => end('closed'),
  }
}

/** Somebody else answered: the words say more than how it ended. */
const answeredBy = (said: string, why: string): string =>
  `no sampler: the login shell or a forced command answers "${clean(said, 120)}" (${why})`

const describeExit = (code: number | null, signal: string | null, stderr: string): string => {
  const how = signal === null ? `with status ${code}` : `by ${signal}`
  return stderr === '' ? `the sampler ended ${how}` : `the sampler ended ${how}: ${stderr.slice(-200)}`
}
