import type { CommandOutput } from './probe.ts'
import { decimalIn, wordEnd, wordStart } from './probes/decimal.ts'

/** One answer, and what has been spent so far in CPU seconds: by all runs (`cpu`), by the shell that starts them (`shell`). */
export interface CommandAnswer {
  readonly output: Omit<CommandOutput, 'seconds'>
  readonly cpu: number
  readonly shell: number
}

/** A word of `times`, such as `2m0.125s`; 0 for anything else. */
const secondsOf = (text: string, from: number, to: number): number => {
  const minutes = text.indexOf('m', from)
  if (minutes < from || minutes >= to || text[to - 1] !== 's') return 0
  return decimalIn(text, from, minutes) * 60 + decimalIn(text, minutes + 1, to - 1) || 0
}

/** Two words of `times`, the second and third or what follows them: user and system time. `skip`: words before them. */
const secondsBehind = (times: string, skip: number): number => {
  let from = wordStart(times, 0)
  for (let skipped = 0; skipped < skip; skipped += 1) from = wordStart(times, wordEnd(times, from))
  const user = wordEnd(times, from)
  const system = wordStart(times, user)
  return secondsOf(times, from, user) + secondsOf(times, system, wordEnd(times, system))
}

/** The first line of `times`: the shell itself. */
export const shellSeconds = (times: string): number => secondsBehind(times, 0)

/** The second line of `times`: its children. */
export const childSeconds = (times: string): number => secondsBehind(times, 2)

/** Bytes that most answers find room in. */
const usualRoom = 32 * 1024

/** Buffers that no answer is gathered in at the moment: a few at a time are, of thousands of commands. */
const spare: Buffer[] = []
const mostSpare = 16

const roomFor = (size: number): Buffer =>
  size <= usualRoom ? (spare.pop() ?? Buffer.allocUnsafeSlow(usualRoom)) : Buffer.allocUnsafeSlow(2 * size)

const giveBack = (room: Buffer): void => {
  if (room.length === usualRoom && spare.length < mostSpare) spare.push(room)
}

const nothing = Buffer.alloc(0)

/** Bytes beyond its limit that are kept of an answer, and how many of them are its last. */
const [slack, tail] = [2048, 1024]

/** Gathers what a channel says, and cuts its answers out of it: a class, because a thousand nodes have six of them each. */
export class AnswerReader {
  private readonly marker: string
  private readonly limit: number
  private room: Buffer = nothing
  private held = 0
  /** Whether what is held begins with an answer. */
  private isBegun = false
  /** Before that no end of an answer begins. */
  private searched = 0

  /** `limit`: bytes that are kept of an answer. */
  constructor(marker: string, limit: number) {
    this.marker = marker
    this.limit = limit
  }

  /** Takes what has arrived; the answer that is whole with it. What stands behind that is of the next one. */
  add(chunk: Buffer): CommandAnswer | undefined {
    this.hold(chunk)
    if (!this.isBegun) this.skipNoise()
    const done = this.find(' done\n', this.searched)
    const answer = this.isBegun && done >= 0 ? this.answerBefore(done) : undefined
    if (answer === undefined) this.shorten()
    else this.drop(done + this.marker.length + ' done\n'.length)
    return answer
  }

  /** What has arrived so far answers no question that is asked from now on. */
  forget(): void {
    this.held = 0
    this.isBegun = false
    this.searched = 0
  }

  private hold(chunk: Buffer): void {
    const size = this.held + chunk.length
    if (size > this.room.length) {
      const before = this.room
      this.room = roomFor(size)
      before.copy(this.room, 0, 0, this.held)
      giveBack(before)
    }
    chunk.copy(this.room, this.held)
    this.held = size
  }

  /** Where one of the marker's lines begins, from `from` on; -1: nowhere. */
  private find(word: string, from: number): number {
    return this.room.subarray(0, this.held).indexOf(`${this.marker}${word}`, from, 'latin1')
  }

  /** What a login prints stands before the first answer; what is kept of it may be the beginning of a line of ours. */
  private skipNoise(): void {
    const begin = this.find(' begin\n', 0)
    this.isBegun = begin >= 0
    const from = this.isBegun ? begin : Math.max(0, this.held - this.marker.length - ' begin\n'.length)
    this.room.copyWithin(0, from, this.held)
    this.held -= from
  }

  /** Decoded once, and no more of it than is kept. */
  private answerBefore(done: number): CommandAnswer | undefined {
    const { room, marker, limit } = this
    const end = room.subarray(0, done).lastIndexOf(`\n${marker} end `, undefined, 'latin1')
    const from = marker.length + ' begin\n'.length
    if (end < from - 1) return undefined
    const said = room.toString('latin1', end + marker.length + '\n end '.length, done)
    const lineEnd = said.indexOf('\n')
    const times = said.slice(lineEnd + 1)
    return {
      output: {
        text: room.toString('latin1', from, Math.min(end, from + limit)),
        status: Number(said.slice(0, lineEnd)),
        cut: end - from > limit,
      },
      cpu: childSeconds(times),
      shell: shellSeconds(times),
    }
  }

  /** What lies between the limit and the closing marker is of no use: keeps the head and enough of the tail. */
  private shorten(): void {
    const most = this.limit + slack
    if (this.held > 2 * most) {
      this.room.copyWithin(most, this.held - tail, this.held)
      this.held = most + tail
    }
    this.searched = Math.max(0, this.held - this.marker.length - ' done\n'.length)
  }

  /** Drops so many bytes, and begins anew with the rest. */
  private drop(count: number): void {
    const before = this.room
    const rest = before.subarray(count, this.held)
    this.room = rest.length === 0 ? nothing : Buffer.allocUnsafeSlow(rest.length)
    rest.copy(this.room)
    this.held = rest.length
    this.isBegun = false
    this.searched = 0
    giveBack(before)
  }
}
