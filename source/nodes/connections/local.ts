import { type ChildProcess, spawn } from 'node:child_process'
import { clean } from '../../text/clean.ts'
import { type Cause, type Channel, type Connection, ConnectionError, type Exit, type Program } from './connection.ts'
import { onFlood, stderrFlood } from './flood-guard.ts'
import { awaitGroup, endSession, signalGroup } from './process-session.ts'

const stderrLimit = 16 * 1024

/** Milliseconds that a program gets to end by itself once its stdin is closed. */
const grace = 300

/** Milliseconds that what was killed gets to be gone: what hangs in the kernel holds nobody up. */
const longestEnd = 500

/** The tail of what a program wrote to stderr, bounded. */
const tailOf = (child: ChildProcess): (() => string) => {
  let tail = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    tail = (tail + chunk.toString('utf8')).slice(-stderrLimit)
  })
  return () => tail.trim()
}

/** `flooded`: more came on stderr than anybody may send. */
const channelOf = (child: ChildProcess, flooded: () => void): Channel => {
  const stderr = tailOf(child)
  if (child.stderr !== null) onFlood(child.stderr, flooded)
  const { pid } = child
  let timer: NodeJS.Timeout | undefined
  let ended = false
  /** Once closing began: ends what the program left behind. */
  let clearAway: ((leader: number) => Promise<void>) | undefined
  const exit = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      ended = true
      const tell = (): void => resolve({ code, signal, stderr: clean(stderr(), stderrLimit) })
      if (clearAway === undefined || pid === undefined) tell()
      else void clearAway(pid).then(tell)
    })
  })
  // A program that ended closes its stdin: the exit tells, this is only its echo.
  child.stdin?.on('error', () => undefined)
  return {
    write: (text) => {
      if (child.stdin?.writable) child.stdin.write(text)
    },
    onData: (listener) => void child.stdout?.on('data', listener),
    close: () => {
      // The number of a process that is gone may be another's by now.
      if (ended) return
      child.stdin?.end()
      clearAway ??= (leader) => awaitGroup(leader, grace, longestEnd)
      timer ??= setTimeout(() => {
        clearAway = (leader) => endSession(leader, longestEnd)
        if (pid !== undefined) signalGroup(pid, 'SIGKILL')
        child.stdout?.destroy()
        child.stderr?.destroy()
      }, grace)
    },
    exit,
  }
}

/**
 * This machine, by child processes. Each program leads a session of its own, so that keys pressed in the terminal do not
 * reach it and that closing its channel ends all of it; when kntop dies, its stdin ends and so does it.
 */
export const connectLocal = async (): Promise<Connection> => {
  const open = new Set<Channel>()
  const closed = Promise.withResolvers<Cause>()
  let gone: Cause = { state: 'lost', cause: clean('closed') }
  let closing = false

  const close = (): void => {
    closing = true
    for (const channel of open) channel.close()
    void Promise.all([...open].map((channel) => channel.exit)).then(() => closed.resolve(gone))
  }
  const flooded = (): void => {
    if (closing) return
    gone = stderrFlood
    close()
  }

  const opened = (child: ChildProcess, signal: AbortSignal): Channel => {
    const channel = channelOf(child, flooded)
    open.add(channel)
    signal.addEventListener('abort', channel.close, { once: true })
    void channel.exit.then(() => {
      open.delete(channel)
      signal.removeEventListener('abort', channel.close)
    })
    return channel
  }

  const stream = ({ argv, input }: Program, signal: AbortSignal): Promise<Channel> =>
    new Promise((resolve, reject) => {
      if (closing) return reject(new ConnectionError(gone))
      const [command, ...args] = argv
      const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true, cwd: '/' })
      child.once('error', (error) =>
        reject(
          new ConnectionError(
            { state: 'lost', cause: clean(`cannot start ${command}: ${error.message}`) },
            { cause: error },
          ),
        ),
      )
      if (child.pid === undefined) return
      const channel = opened(child, signal)
      if (input !== undefined) channel.write(input)
      if (signal.aborted) channel.close()
      child.once('spawn', () => resolve(channel))
    })

  return {
    transport: 'local',
    closed: closed.promise,
    stream,
    close,
  }
}
