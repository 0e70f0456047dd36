import { randomBytes } from 'node:crypto'
import { AnswerReader, type CommandAnswer } from './command-answer.ts'
import type { Channel, Connection, Program } from './connections/connection.ts'
import type { Script } from './probe.ts'
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
 *
 * The lease is that of the wait for a question: a run has to end by itself, whoever makes it wait, and a shell whose `read` knows
 * no time limit has none (the inventory says so): there the end of the connection ends the loop.
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
  const reader = new AnswerReader(whole, options.limit)
  let received = 0
  let gone: string | undefined
  let waiting: PromiseWithResolvers<CommandAnswer> | undefined

  const settle = (): typeof waiting => {
    const one = waiting
    waiting = undefined
    return one
  }
  const end = (why: string): void => {
    gone ??= why
    settle()?.reject(new Error(gone))
    channel.close()
  }
  // Two timers for all runs, which a run begins anew: it is a sign of life as well.
  const alive = setInterval(() => channel.write('-\n'), (commandLease / 3) * 1000)
  const hang = setTimeout(() => {
    if (waiting !== undefined) end(`did not answer within ${patience / 1000} s`)
  }, patience)

  channel.onData((chunk) => {
    received += chunk.length
    if (received > options.limit + floodLimit) return end('floods: more than 4 MB beyond its limit')
    const answer = reader.add(chunk)
    if (answer !== undefined) settle()?.resolve(answer)
  })
  void channel.exit.then(({ code, signal }) => {
    clearInterval(alive)
    clearTimeout(hang)
    end(signal === null ? `ended with status ${code}` : `ended by ${signal}`)
  })

  return {
    run: () => {
      if (gone !== undefined) return Promise.reject(new Error(gone))
      received = 0
      reader.forget()
      waiting = Promise.withResolvers()
      alive.refresh()
      hang.refresh()
      channel.write('k\n')
      return waiting.promise
    },
    close: () => channel.close(),
  }
}
