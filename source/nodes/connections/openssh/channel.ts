import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { clean } from '../../../text/clean.ts'
import { commandLine } from '../command-line.ts'
import { type Cause, type Channel, ConnectionError, type Exit, type Program } from '../connection.ts'
import { signalGroup } from '../process-session.ts'
import { channelArguments } from './arguments.ts'
import { stderrLimit } from './bounded-text.ts'
import { type ClientLog, readClientLog } from './client-log.ts'
import { quietEnvironment } from './environment.ts'
import type { OpenSshOptions } from './options.ts'
import { causeOfChannel } from './refusals.ts'

/** Milliseconds that a node has to open a channel: over a connection that is dead it never does. */
const openLimit = 8000

/** Milliseconds that a program gets to end once its stdin is closed. */
const grace = 1000

/** ssh's own status, of which it says in its log whether it is the command's too. */
const noStatus = 255

const exitOf = (log: ClientLog, code: number | null, signal: string | null): Exit => ({
  code: code === noStatus && !log.hasStatus() ? null : code,
  signal,
  stderr: clean(log.words(), stderrLimit),
})

/** One running ssh behind our contract. */
const channelOf = (child: ChildProcessWithoutNullStreams, log: ClientLog): Channel => {
  const exit = Promise.withResolvers<Exit>()
  let timer: NodeJS.Timeout | undefined
  let isOver = false

  child.once('close', (code, signal) => {
    isOver = true
    clearTimeout(timer)
    exit.resolve(exitOf(log, code, signal))
  })
  // A program that ended closes its stdin: the exit tells, this is only its echo.
  child.stdin.on('error', () => undefined)
  return {
    write: (text) => {
      if (child.stdin.writable) child.stdin.write(text)
    },
    onData: (listener) => void child.stdout.on('data', listener),
    close: () => {
      if (isOver || timer !== undefined) return
      child.stdin.end()
      // Nobody may be listening, and what is not read is never at its end.
      child.stdout.resume()
      timer = setTimeout(() => {
        if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL')
        // The ssh that holds the connection has these pipes too, and may wait for a node that is gone.
        child.stdout.destroy()
        child.stderr.destroy()
      }, grace)
    },
    exit: exit.promise,
  }
}

/** Starts an ssh for one program, over the connection that listens on the socket. */
const startClient = (options: OpenSshOptions, socket: string, command: string): ChildProcessWithoutNullStreams =>
  spawn(options.program, [...channelArguments(socket, options.host, command)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    cwd: '/',
    // Where a session is refused, ssh asks this shell for its only other way.
    env: { ...quietEnvironment(options.environment), SHELL: '/bin/sh' },
  })

/** What keeps a channel from coming to be; settles with its cause. */
const obstacle = (
  child: ChildProcessWithoutNullStreams,
  log: ClientLog,
  channel: Channel,
  { host, program }: OpenSshOptions,
  signal: AbortSignal,
  settled: AbortSignal,
): Promise<Cause> =>
  new Promise((resolve) => {
    const timer = setTimeout(
      () => resolve({ state: 'no-data', cause: clean(`${host} opens no other channel within ${openLimit / 1000} s`) }),
      openLimit,
    )
    settled.addEventListener('abort', () => clearTimeout(timer), { once: true })
    const abort = (): void => resolve({ state: 'lost', cause: clean('given up') })
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true, signal: settled })
    child.once('error', (error) =>
      resolve({ state: 'lost', cause: clean(`cannot start ${program}: ${error.message}`) }),
    )
    void channel.exit.then(() => resolve(causeOfChannel(log.words(), host)))
  })

/** A channel before it is open. */
export interface Opening {
  /** Rejects with a {@link ConnectionError}. */
  readonly open: Promise<Channel>
  readonly channel: Channel
}

/** Runs a program on the node. The channel is there to be closed before it is known whether the node opens it. */
export const openChannel = (
  options: OpenSshOptions,
  socket: string,
  program: Program,
  signal: AbortSignal,
): Opening => {
  const child = startClient(options, socket, commandLine(program.argv))
  const log = readClientLog(child.stderr)
  const channel = channelOf(child, log)
  const settled = new AbortController()

  const open = async (): Promise<Channel> => {
    const failure = await Promise.race([log.opened, obstacle(child, log, channel, options, signal, settled.signal)])
    settled.abort()
    if (failure !== undefined) {
      channel.close()
      throw new ConnectionError(failure)
    }
    signal.addEventListener('abort', channel.close, { once: true })
    void channel.exit.then(() => signal.removeEventListener('abort', channel.close))
    if (program.input !== undefined) channel.write(program.input)
    return channel
  }
  return { open: open(), channel }
}
