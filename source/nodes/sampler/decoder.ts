import { decimalIn, wordEnd } from '../probes/decimal.ts'
import { groups, type NumberedTake } from './awk.ts'
import { type FrameKind, frameKind } from './frame-kind.ts'
import type { FrameCount, Held, Reads } from './held.ts'
import { createRawFrame, type RawFrame } from './raw-frame.ts'

/** Limits on what a node may send; beyond them the decoder fails and the channel is closed. */
export const limits = {
  line: 64 * 1024,
  frame: 1024 * 1024,
  held: 2 * 1024 * 1024,
  linesOfTake: 8192,
  banner: 16 * 1024,
} as const

/** What the sampler said of itself before its first frame. */
export interface Hello {
  readonly pid: number
  readonly start: number
  readonly uid: number
  readonly engine: 'awk' | 'head'
  /** Seconds without a tick after which it ends; 0: it has no such limit. */
  readonly lease: number
  readonly relay: boolean
  /** sshd's process of the session that it runs in, `PID:START`; empty where there is none. */
  readonly session: string
  /** The kernel's boot_id; empty where it tells none. */
  readonly boot: string
  readonly paths: ReadonlySet<string>
  readonly tools: ReadonlySet<string>
}

export interface Handlers {
  /** A line before the greeting: what the login shell, or who stands in its place, had to say. */
  banner?(line: string): void
  hello(hello: Hello): void
  /** `uptime`: the node's, in seconds. */
  frame(sequence: number, uptime: number): void
  /** The stream cannot be followed any further; nothing more is delivered. */
  failed(reason: string): void
}

export interface Decoder {
  push(chunk: Buffer): void
  /** By take number, from 1. */
  readonly held: readonly (Held | undefined)[]
  /** Shared with predecessors: one of them may still be read while its successor greets. */
  readonly count: FrameCount
}

const [newline, blank, mark, hash, zero, nine, colon, equals, begin] = [10, 32, 33, 35, 48, 57, 58, 61, 64]
const isDigit = (code: number | undefined): boolean => code !== undefined && code >= zero && code <= nine

const nothingHeld = (takes: readonly NumberedTake[]): readonly (Held | undefined)[] => {
  const held: (Held | undefined)[] = []
  const readsOf = new Map<number, Reads>(
    groups.map((every) => [every, { at: Number.NaN, seconds: Number.NaN, frame: 0 }]),
  )
  for (const { number, take } of takes) {
    const reads = readsOf.get(take.every)
    if (reads !== undefined) held[number] = { take, lines: [], there: undefined, reads }
  }
  return held
}

const bytesOf = (held: readonly (Held | undefined)[]): number =>
  held.reduce((sum, one) => sum + (one?.lines.reduce((length, line) => length + line.length, 0) ?? 0), 0)

/**
 * Follows the stream of one sampler: a banner up to the marker, the hello line, then frames. What a predecessor on the same
 * node held is carried on, so that counters go on counting.
 */
export const createDecoder = (
  takes: readonly NumberedTake[],
  marker: string,
  handlers: Handlers,
  before?: Decoder,
): Decoder => {
  const held = before?.held ?? nothingHeld(takes)
  // By group: every frame writes these, and not each of forty takes.
  const readsOf = new Map<number, Reads>()
  for (const one of held) if (one !== undefined) readsOf.set(one.take.every, one.reads)
  // Made when it is needed: most nodes have awk.
  let rawFrame: RawFrame | undefined
  const raw = (): RawFrame => (rawFrame ??= createRawFrame(takes, held))
  /** Takes that have more lines than before this frame. */
  let grown: Held[] = []
  const rawEnd = `## ${marker}`

  let waiting: Buffer[] = []
  let waitingBytes = 0
  let state: 'banner' | 'between' | 'delta' | 'raw' | 'failed' = 'banner'
  let seen = 0
  let frameBytes = 0
  let heldBytes = bytesOf(held)
  const count = before?.count ?? { frames: 0 }
  let sequence = 0
  /** In an object: a double that a closure holds is made anew each time it changes. */
  const last = { uptime: Number.NaN }
  /** Of the last frame. */
  let kind: FrameKind | undefined
  let engine: Hello['engine'] = 'awk'

  const fail = (reason: string): void => {
    state = 'failed'
    waiting = []
    handlers.failed(reason)
  }

  /** How long the next line may be. */
  const room = (): number => (state === 'banner' ? limits.banner - seen - 1 : limits.line)
  const tooLong = (): void =>
    fail(state === 'banner' ? 'floods: more than 16 KB before the greeting' : 'floods: a line over 64 KB')

  /** `@SEQUENCE UPTIME KIND` */
  const header = (line: string): void => {
    const second = wordEnd(line, 0) + 1
    const third = wordEnd(line, second) + 1
    const uptime = decimalIn(line, second, third - 1)
    if (!(uptime >= 0 && Number.isFinite(uptime))) return fail('a frame without an uptime')
    if (decimalIn(line, 1, second - 1) !== sequence + 1)
      return fail(`frame ${line.slice(1, second - 1)} after frame ${sequence}`)
    // A reboot: what was counted before says nothing about now.
    if (uptime < last.uptime) for (const group of readsOf.values()) group.at = Number.NaN
    sequence += 1
    last.uptime = uptime
    frameBytes = 0
    state = engine === 'head' ? 'raw' : 'delta'
    kind = frameKind(line.slice(third))
    if (kind === undefined) return fail('a frame of unknown groups')
    if (kind.isRaw !== (engine === 'head')) return fail('a frame of another engine than greeted')
  }

  const end = (): void => {
    count.frames += 1
    const { uptime } = last
    const read = kind?.groups ?? []
    if (state === 'raw') raw().finish(read)
    for (const every of read) {
      const group = readsOf.get(every)
      if (group === undefined) continue
      group.seconds = uptime - group.at
      group.at = uptime
      group.frame = count.frames
    }
    // An array that grows takes room for sixteen more: for thirty takes of a thousand nodes that is 4 MB.
    for (const one of grown) one.lines = one.lines.slice()
    if (grown.length > 0) grown = []
    state = 'between'
    handlers.frame(sequence, uptime)
  }

  const cut = (one: Held, rows: number): void => {
    for (const line of one.lines.splice(rows)) heldBytes -= line.length
  }

  /** A line of a frame, read where it lies: a string is made of its text only, because there are forty in every second. */
  const delta = (chunk: Buffer, from: number, to: number): void => {
    let at = from
    let number = 0
    for (; isDigit(chunk[at]); at += 1) number = number * 10 + (chunk[at] ?? 0) - zero
    const one = held[number]
    if (one === undefined || at === from) return fail('a line of a take that was not asked for')
    const kind = chunk[at]
    if (kind === mark && at + 1 === to) {
      one.there = false
      return cut(one, 0)
    }
    const first = at + 1
    let row = 0
    for (at = first; isDigit(chunk[at]); at += 1) row = row * 10 + (chunk[at] ?? 0) - zero
    const ends = kind === equals ? at === to : kind === colon && chunk[at] === blank && at < to
    if (!ends || at === first || row > limits.linesOfTake) return fail('a line that is not of the frame protocol')
    one.there = true
    if (kind === equals) return cut(one, row)
    if (row < 1 || row > one.lines.length + 1) return fail('a line out of order')
    const text = chunk.toString('latin1', at + 1, to)
    heldBytes += text.length - (one.lines[row - 1]?.length ?? 0)
    if (heldBytes > limits.held) return fail('floods: more text than a node can have')
    if (row > one.lines.length && grown.at(-1) !== one) grown.push(one)
    one.lines[row - 1] = text
  }

  const text = (line: string): void => (line === rawEnd ? end() : raw().line(line))

  const banner = (line: string): void => {
    const at = line.indexOf(`${marker} `)
    if (at < 0) return handlers.banner?.(line)
    const hello = parseHello(line.slice(at + marker.length + 1))
    if (hello === undefined) return fail('a greeting that makes no sense')
    state = 'between'
    engine = hello.engine
    handlers.hello(hello)
  }

  const oneLine = (chunk: Buffer, from: number, to: number): void => {
    const length = to - from
    if (length > room()) return tooLong()
    if (state === 'banner') {
      seen += length + 1
      return banner(chunk.toString('latin1', from, to))
    }
    frameBytes += length + 1
    if (frameBytes > limits.frame) return fail('floods: a frame over 1 MB')
    if (state === 'between')
      return chunk[from] === begin ? header(chunk.toString('latin1', from, to)) : fail('text between two frames')
    if (state === 'raw') return text(chunk.toString('latin1', from, to))
    if (length === 2 && chunk[from] === hash && chunk[from + 1] === hash) return end()
    return delta(chunk, from, to)
  }

  const push = (arrived: Buffer): void => {
    let chunk = arrived
    let from = 0
    // Only what is new can hold the end of what is waiting.
    let at = 0
    while (state !== 'failed') {
      while (at < chunk.length && chunk[at] !== newline) at += 1
      if (at === chunk.length) break
      if (waiting.length > 0) {
        chunk = Buffer.concat([...waiting, chunk])
        at += waitingBytes
        waiting = []
        waitingBytes = 0
      }
      oneLine(chunk, from, at)
      at += 1
      from = at
    }
    if (state === 'failed' || from === chunk.length) return
    waiting.push(chunk.subarray(from))
    waitingBytes += chunk.length - from
    if (waitingBytes > room()) tooLong()
  }

  return { push, held, count }
}

/** As most nodes tell the same of themselves. Not without end: a node may say what it likes. */
const wordSets = new Map<string, ReadonlySet<string>>()
const mostWordSets = 256

/** The words of a list; the same set for the same text. */
const wordsOf = (text: string): ReadonlySet<string> => {
  const words = wordSets.get(text) ?? new Set(text.split(',').filter((word) => word !== ''))
  if (wordSets.size >= mostWordSets) wordSets.clear()
  wordSets.set(text, words)
  return words
}

/** A sampler without a lease says 0. One of a second or two, or of more than a day, is none of ours. */
const isLease = (seconds: number): boolean => seconds === 0 || (seconds >= 3 && seconds <= 86_400)

const parseHello = (text: string): Hello | undefined => {
  const fields = new Map(
    text.split(' ').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  )
  const number = (name: string): number => Number.parseInt(fields.get(name) ?? '', 10)
  const set = (name: string): ReadonlySet<string> => wordsOf(fields.get(name) ?? '')
  const engine = fields.get('engine')
  const hello = { pid: number('pid'), start: number('start'), uid: number('uid'), lease: number('lease') }
  if (Object.values(hello).some(Number.isNaN) || !isLease(hello.lease)) return undefined
  if (engine !== 'awk' && engine !== 'head') return undefined
  const session = /^\d+:\d+$/.exec(fields.get('session') ?? '')?.[0] ?? ''
  const boot = /^[0-9a-f-]{36}$/.exec(fields.get('boot') ?? '')?.[0] ?? ''
  return {
    ...hello,
    boot,
    engine,
    relay: fields.get('relay') === '1',
    session,
    paths: set('paths'),
    tools: set('tools'),
  }
}
