import { randomBytes } from 'node:crypto'
import type { Channel, Connection, Program } from './connections/connection.ts'
import type { CommandOutput, Script } from './probe.ts'
import { shellProgram } from './sampler/shell.ts'

/** Milliseconds after which a command that does not answer is ended with its channel. */
const hangLimit = 10_000

/** Bytes beyond its limit that a run may write before its channel is closed. */
const floodLimit = 4 * 1024 * 1024

/** Seconds of silence after which the loop on the node ends; a third of it is the pace of our signs of life. */
export const commandLease = 60

/**
 * A loop that runs the script once per line read, and frames its output by a marker. It runs the script in a subshell with
 * no stdin, and tells by `times` what its children have cost so far: the kernel adds that up exactly. What a script holds may take
 * its place; with `q` set it runs once unasked, for a question that was read and not answered.
 */
const loop = ({ text, held = '' }: Script): string => `
m=$1$2; shift 2
[ "$KNTOP_RELAY" = 1 ] && limit="-t ${commandLease}" || limit=
q=
${held}
while [ -n "$q" ] || read -r $limit k; do
[ "$k" = - ] && continue
q=
echo "$m begin"
( ${text}
) </dev/null 2>/dev/null
s=$?; echo; echo "$m end $s"; times; echo "$m done"
done
`

const commandProgram = (script: Script, marker: readonly [string, string]): Program =>
  shellProgram(loop(script), [...marker, ...script.args])

/** One answer, and what has been spent so far in CPU seconds: by all runs (`cpu`), by the shell that starts them (`shell`). */
export interface CommandAnswer {
  readonly output: Omit<CommandOutput, 'seconds'>
  readonly cpu: number
  readonly shell: number
}

/** Sums `0m0.01s 0m0.00s`, a line of `times`: user and system time. */
const secondsIn = (line = ''): number =>
  [...line.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  )

/** The first line of `times`: the shell itself. */
export const shellSeconds = (times: string): number => secondsIn(times.trim().split('\n')[0])

/** The second line of `times`: its children. */
export const childSeconds = (times: string): number => secondsIn(times.trim().split('\n')[1])

const nothing = Buffer.alloc(0)

/** Cuts one answer out of what has arrived; undefined while it is not whole. It is decoded once, and no more of it than is kept. */
export const parseAnswer = (bytes: Buffer, marker: string, limit: number): CommandAnswer | undefined => {
  const done = bytes.lastIndexOf(`${marker} done\n`)
  const end = done < 0 ? -1 : bytes.lastIndexOf(`\n${marker} end `, done)
  const begin = bytes.indexOf(`${marker} begin\n`)
  if (end < 0 || begin < 0 || begin > end) return undefined
  const from = begin + marker.length + 7
  const tail = bytes.toString('latin1', end + marker.length + 6, done)
  const lineEnd = tail.indexOf('\n')
  return {
    output: {
      text: bytes.toString('latin1', from, Math.min(end, from + limit)),
      status: Number(tail.slice(0, lineEnd)),
      cut: end - from > limit,
    },
    cpu: childSeconds(tail.slice(lineEnd + 1)),
    shell: shellSeconds(tail.slice(lineEnd + 1)),
  }
}

/** A command on one node, held ready: one channel, many runs. */
export interface CommandRunner {
  /**
   * Runs it once. Rejects when the channel has ended, when the output floods, or with `did not answer` after 10 s; the
   * runner is then used up.
   */
  run(): Promise<CommandAnswer>
  close(): void
}

export const openCommand = async (options: {
  readonly connection: Connection
  readonly script: Script
  /** Bytes of output kept per run. */
  readonly limit: number
  readonly signal: AbortSignal
  /** Milliseconds that a run may take; 10 s unless a test says otherwise. */
  readonly patience?: number
}): Promise<CommandRunner> => {
  const { patience = hangLimit } = options
  const marker = [randomBytes(6).toString('hex'), randomBytes(6).toString('hex')] as const
  const whole = marker.join('')
  const channel: Channel = await options.connection.stream(commandProgram(options.script, marker), options.signal)
  // Texts: bytes made of them would be a piece of Node's pool, and keep its 8 KB as long as the channel lives.
  const [begin, done] = [`${whole} begin\n`, `${whole} done\n`]
  let bytes: Buffer = nothing
  let received = 0
  let gone: string | undefined
  let waiting:
    | { resolve: (answer: CommandAnswer) => void; reject: (error: Error) => void; timer: NodeJS.Timeout }
    | undefined
  // A run is a sign of life as well.
  let wasRun = false
  const alive = setInterval(
    () => {
      if (!wasRun) channel.write('-\n')
      wasRun = false
    },
    (commandLease / 3) * 1000,
  )

  const settle = (): typeof waiting => {
    const one = waiting
    if (one) clearTimeout(one.timer)
    waiting = undefined
    return one
  }
  const end = (why: string): void => {
    gone ??= why
    settle()?.reject(new Error(gone))
    channel.close()
  }

  channel.onData((chunk) => {
    received += chunk.length
    if (received > options.limit + floodLimit) return end('floods: more than 4 MB beyond its limit')
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk])
    // What a login prints stands before the first answer.
    const begun = bytes.indexOf(begin, 0, 'latin1')
    if (begun !== 0) bytes = bytes.subarray(begun > 0 ? begun : -begin.length)
    // What lies between the limit and the closing marker is of no use: keep the head and enough of the tail.
    const room = options.limit + 2048
    if (bytes.length > 2 * room) bytes = Buffer.concat([bytes.subarray(0, room), bytes.subarray(-1024)])
    const isWhole = bytes.toString('latin1', Math.max(0, bytes.length - done.length)) === done
    const answer = isWhole ? parseAnswer(bytes, whole, options.limit) : undefined
    if (answer === undefined) return
    bytes = nothing
    settle()?.resolve(answer)
  })
  void channel.exit.then(({ code, signal }) => {
    clearInterval(alive)
    end(signal === null ? `ended with status ${code}` : `ended by ${signal}`)
  })

  return {
    run: () =>
      new Promise((resolve, reject) => {
        if (gone !== undefined) return reject(new Error(gone))
        const timer = setTimeout(() => end(`did not answer within ${patience / 1000} s`), patience)
        received = 0
        waiting = { resolve, reject, timer }
        wasRun = true
        channel.write('k\n')
      }),
    close: () => channel.close(),
  }
}
