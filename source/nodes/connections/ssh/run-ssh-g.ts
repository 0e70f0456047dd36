import { type ChildProcess, spawn } from 'node:child_process'
import { clean } from '../../../text/clean.ts'
import { type Cause, ConnectionError } from '../connection.ts'
import { type AtAddress, atAddress } from '../openssh/at-address.ts'
import { causeOfFailure, isOutOfFiles } from './failure-cause.ts'
import type { JumpSpec } from './ssh-settings.ts'

/** Characters that it may print about one host. */
export const outputLimit = 256 * 1024
const stderrLimit = 16 * 1024

/** How `ssh -G` is run. */
export interface SshG {
  /** The program: a name to be looked up in PATH, or a path. */
  readonly program: string
  /** `-F`: the only configuration file. */
  readonly configFile: string | undefined
  /** Milliseconds. */
  readonly timeLimit: number
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** What is asked: a host, and for a hop what ssh itself would put before its configuration. */
export interface Asked extends JumpSpec {
  /** Hops before this one, as `ssh -J` takes them. */
  readonly via?: string
  /** Where it is, instead of what the configuration says. */
  readonly at?: AtAddress
}

const argumentsOf = ({ configFile }: SshG, { host, user, port, via, at }: Asked): readonly string[] => [
  '-G',
  '-T',
  ...(configFile === undefined ? [] : ['-F', configFile]),
  ...(user === undefined ? [] : ['-l', user]),
  ...(port === undefined ? [] : ['-p', String(port)]),
  ...(via === undefined ? [] : ['-J', via]),
  ...(at === undefined ? [] : atAddress(at)),
  '--',
  host,
]

/** Ends a process and all of its group. */
export const endGroup = (child: ChildProcess): void => {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  } catch (error) {
    // The group is gone already: what we wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
  // What left the group may hold the pipes for as long as it likes.
  child.stdout?.destroy()
  child.stderr?.destroy()
}

export const tooLong = (limit: number): ConnectionError =>
  new ConnectionError({
    state: 'lost',
    cause: clean(
      `ssh -G gave no answer within ${limit / 1000} s: a Match exec or a CanonicalizeHostname of the ssh configuration takes too long; shorten it`,
    ),
  })

export const tooMuch = (): ConnectionError =>
  new ConnectionError({
    state: 'denied',
    cause: clean('ssh -G prints more than 256 KB: see what it prints for this host'),
  })

/** kntop ends. */
export const closed = (): ConnectionError => new ConnectionError({ state: 'lost', cause: clean('closed') })

const refused = (stderr: string): Cause => {
  const loop = /jumphost loop via (.*)/.exec(stderr)?.[1]
  if (loop !== undefined) {
    return {
      state: 'denied',
      cause: clean(`ProxyJump leads from ${loop} to itself: give it a Host block with ProxyJump none`),
    }
  }
  const said = stderr.trim().split(/[\r\n]+/)[0] || 'no reason given'
  return { state: 'denied', cause: clean(`ssh refuses its configuration: ${said}`, 500) }
}

/**
 * Asks `ssh -G` about one host: its output, or undefined where there is no ssh. stdin is closed, and it and what a Match exec
 * starts form a group of their own without a terminal, which ends with the limit. Rejects with a {@link ConnectionError}.
 */
export const runSshG = (how: SshG, asked: Asked, signal: AbortSignal): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(closed())
    const child = spawn(how.program, argumentsOf(how, asked), {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...how.environment, LC_ALL: 'C' },
    })
    let output = ''
    let stderr = ''
    const settle = (finish: () => void): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      finish()
    }
    const fail = (error: ConnectionError): void => {
      endGroup(child)
      settle(() => reject(error))
    }
    const stop = (): void => fail(closed())
    const timer = setTimeout(() => fail(tooLong(how.timeLimit)), how.timeLimit)
    signal.addEventListener('abort', stop, { once: true })
    // Where there is no descriptor for them, these are not there, whatever their types say.
    const { stdout, stderr: errors }: ChildProcess = child
    stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
      if (output.length > outputLimit) fail(tooMuch())
    })
    errors?.setEncoding('utf8').on('data', (chunk: string) => {
      if (stderr.length < stderrLimit) stderr += chunk
    })
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return settle(() => resolve(undefined))
      const cause: Cause = isOutOfFiles(error)
        ? causeOfFailure(error, asked.host)
        : { state: 'denied', cause: clean(`cannot start ${how.program}: ${error.message}`) }
      fail(new ConnectionError(cause))
    })
    child.once('close', (code) =>
      code === 0 ? settle(() => resolve(output)) : settle(() => reject(new ConnectionError(refused(stderr)))),
    )
  })
