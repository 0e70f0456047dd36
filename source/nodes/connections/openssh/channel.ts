import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { clean } from '../../../text/clean.ts'
import { commandLine } from '../command-line.ts'
import { type Cause, type Channel, ConnectionError, type Exit, type Program } from '../connection.ts'
import { onFlood } from '../flood-guard.ts'
import { signalGroup } from '../process-session.ts'
import { channelArguments } from './arguments.ts'
import { stderrLimit } from './bounded-text.ts'
import { type ClientLog, readClientLog } from './client-log.ts'
import { quietEnvironment } from './environment.ts'
import type { OpenSshOptions } from './options.ts'
import { causeOfChannel } from './refusals.ts'
import { startProcess } from './start-process.ts'

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
const startClient = (
  { program, host, environment }: OpenSshOptions,
  socket: string,
  command: string,
): Promise<ChildProcessWithoutNullStreams> =>
  startProcess(program, channelArguments(socket, host, command), {
    cwd: '/',
    // Where a session is refused, ssh asks this shell for its only other way.
    env: { ...quietEnvironment(environment), SHELL: '/bin/sh' },
  })

/** What keeps a channel from coming to be; settles with its cause. */
const obstacle = (
  log: ClientLog,
  channel: Channel,
  host: string,
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
    void channel.exit.then(() => resolve(causeOfChannel(log.words(), host)))
  })

/** A channel before it is open. */
export interface Opening {
  /** Rejects with a {@link ConnectionError}. To be called at once. */
  opened(): Promise<Channel>
  readonly channel: Channel
}

/**
 * Runs a program on the node. The channel is there to be closed before it is known whether the node opens it. `flooded`: more came
 * on stderr than anybody may send. Rejects with a {@link ConnectionError}, where no ssh can be started.
 */
export const openChannel = async (
  options: OpenSshOptions,
  socket: string,
  program: Program,
  flooded: () => void,
  signal: AbortSignal,
): Promise<Opening> => {
  const child = await startClient(options, socket, commandLine(program.argv))
  onFlood(child.stderr, flooded)
  const log = readClientLog(child.stderr)
  const channel = channelOf(child, log)
  const settled = new AbortController()

  const opened = async (): Promise<Channel> => {
    const failure = await Promise.race([log.opened, obstacle(log, channel, options.host, signal, settled.signal)])
    settled.abort()
    if (failure !== undefined) {
      channel.close()
      throw new ConnectionError(failure)
    }
    if (signal.aborted) channel.close()
    signal.addEventListener('abort', channel.close, { once: true })
    void channel.exit.then(() => signal.removeEventListener('abort', channel.close))
    if (program.input !== undefined) channel.write(program.input)
    return channel
  }
  return { opened, channel }
}
