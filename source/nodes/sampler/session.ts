import { randomBytes } from 'node:crypto'
import { clean } from '../../text/clean.ts'
import { briefly } from '../briefly.ts'
import { type Channel, type Connection, ConnectionError, type Exit } from '../connections/connection.ts'
import { deadline } from '../connections/deadline.ts'
import { floodGuard, isFlood } from '../connections/flood-guard.ts'
import type { NamespaceTick } from '../namespace-rounds.ts'
import { awkProgram, type NumberedTake } from './awk.ts'
import { type Leases, samplerProgram, usualLeases } from './bootstrap.ts'
import { createDecoder, type Decoder, type Handlers, type Hello } from './decoder.ts'
import { fallbackScript } from './fallback.ts'
import type { Held } from './held.ts'
import { listLines } from './namespace-reads.ts'
import type { Every } from './take.ts'

/** Milliseconds that a sampler has to greet. */
const helloLimit = 10_000

/** Characters of what stands before the greeting that are looked at for a word to show. */
const saidLimit = 1024

/** A running sampler on a node. */
export interface Sampler {
  readonly hello: Hello
  readonly held: readonly (Held | undefined)[]
  readonly decoder: Decoder
  /** Asks for these groups; the frame comes to `onFrame`. One frame is in flight at most: the caller waits for it. */
  tick(groups: readonly Every[], namespaces?: NamespaceTick): void
  /** Settles once, with the reason, when no more frames will come. */
  readonly ended: Promise<string>
  close(): void
}

export interface SamplerOptions {
  readonly connection: Connection
  readonly takes: readonly NumberedTake[]
  /** The program of {@link awkProgram} for these takes, where there is one already: it takes half a millisecond to make. */
  readonly awk?: string
  readonly onFrame: (sequence: number, uptime: number) => void
  readonly signal: AbortSignal
  readonly shell?: readonly [string, ...string[]]
  readonly engine?: 'head'
  readonly leases?: Leases
  /** Sessions to end, as their greetings named them. */
  readonly stale?: readonly string[]
  /** The sampler whose place it takes on the same node: what that one held is carried on. */
  readonly after?: Sampler
}

/** Starts a sampler and waits for its greeting; rejects with a {@link ConnectionError}. */
export const openSampler = async (options: SamplerOptions): Promise<Sampler> => {
  const { takes, leases = usualLeases } = options
  const marker = [randomBytes(6).toString('hex'), randomBytes(6).toString('hex')] as const
  const channel: Channel = await options.connection.stream(
    samplerProgram({
      marker,
      stale: options.stale ?? [],
      awk: options.awk ?? awkProgram(takes),
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
  let greeted = false
  const ended = channel.exit.then(
    (exit) =>
      reason ?? (greeted && exit.code === 0 ? 'the sampler ended by itself: no tick reached it in time' : endOf(exit)),
  )

  // What stands where a greeting should: nologin, a forced command, a shell that fails.
  let said = ''
  const greeting = Promise.withResolvers<Hello>()
  const handlers: Handlers = {
    hello: (hello) => {
      greeted = true
      greeting.resolve(hello)
    },
    frame: options.onFrame,
    failed: end,
  }
  const decoder = createDecoder(takes, marker.join(''), handlers, options.after?.decoder)
  const tooMany = floodGuard()
  channel.onData((chunk) => {
    if (!greeted && said.length < saidLimit) said += chunk.toString('utf8', 0, saidLimit)
    if (tooMany(chunk.length)) return end('floods: more than 4 MB in a second')
    try {
      decoder.push(chunk)
    } catch (error) {
      // A fault of ours in reading one node, or in what becomes of its figures, ends its sampler, and nothing else.
      end(briefly(error, 'reading its answer failed, please report it:'))
    }
  })

  const stop = deadline(helloLimit, () =>
    end('the sampler did not greet within 10 s: the login shell is slow, or waits; see its start-up files'),
  )
  const first = await Promise.race([greeting.promise, ended])
  stop()
  if (typeof first === 'string') {
    const lines = said.split(/[\r\n]+/).map((text) => clean(text.trim(), 120))
    const line = lines.find((text) => /[^\s\uFFFD…]/.test(text))
    throw new ConnectionError({ state: isFlood(first) ? 'lost' : 'no-data', cause: clean(notGreeted(line, first)) })
  }

  // Each program has to be told once.
  let told: number | undefined
  const namespaceWord = (namespaces: NamespaceTick | undefined): string => {
    if (namespaces === undefined) return ''
    if (namespaces.version !== told) channel.write(listLines(namespaces.list()))
    told = namespaces.version
    return ` n${namespaces.count}`
  }

  // The same few groups are asked for again and again.
  let asked: readonly Every[] = []
  let askedAs = ''
  const groupsWord = (groups: readonly Every[]): string => {
    if (groups !== asked) askedAs = groups.join(' ')
    asked = groups
    return askedAs
  }

  return {
    hello: first,
    held: decoder.held,
    decoder,
    tick: (groups, namespaces) => channel.write(`${groupsWord(groups)}${namespaceWord(namespaces)}\n`),
    ended,
    close: () => end('closed'),
  }
}

/** Why no sampler greeted. Where somebody else answered, the words say more than how it ended. */
const notGreeted = (said: string | undefined, why: string): string => {
  const who = 'the login shell or a forced command'
  const needs = 'kntop needs a shell that runs commands'
  if (isFlood(why)) return `${why}: ${who} prints ${said === undefined ? 'without end' : `"${said}"`}; ${needs}`
  if (said !== undefined) return `no sampler: ${who} answers "${said}" (${why}); ${needs}`
  return wordless.test(why) ? `${why} before it greeted; kntop needs a login shell that runs commands` : why
}

const ends = 'the sampler ended'
const wordless = new RegExp(`^${ends}[^:]*$`)

/** The last of several lines as one: what ends a line is nothing to draw. */
const lastOf = (stderr: string): string =>
  stderr
    .replaceAll(/[\s\ufffd]+/g, ' ')
    .trim()
    .slice(-200)

const endOf = ({ code, signal, stderr }: Exit): string => {
  const how = signal === null ? (code === null ? '' : ` with status ${code}`) : ` by ${signal}`
  const words = lastOf(stderr)
  return words === '' ? `${ends}${how}` : `${ends}${how}: ${words}`
}
