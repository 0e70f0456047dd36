import { type ChildProcessWithoutNullStreams, type SpawnOptionsWithoutStdio, spawn } from 'node:child_process'
import { clean } from '../../../text/clean.ts'
import { type Cause, ConnectionError } from '../connection.ts'

/** ssh itself is not there. */
export const missingProgram = (program: string): Cause => ({
  state: 'denied',
  cause: clean(`no ssh on this machine: ${program} cannot be found; install the OpenSSH client`),
})

/** What a machine runs out of, by the code of the error. */
const shortages: Readonly<Record<string, string>> = {
  EMFILE: 'kntop may open no more files: raise the limit with ulimit -n before starting it',
  ENFILE: 'this machine has no more file descriptors',
  EAGAIN: 'kntop may start no more processes: raise the limit with ulimit -u before starting it',
  ENOMEM: 'this machine has no memory for another process',
}

const causeOf = (program: string, { code = '', message }: NodeJS.ErrnoException): Cause =>
  code === 'ENOENT'
    ? missingProgram(program)
    : { state: 'lost', cause: clean(shortages[code] ?? `cannot start ${program}: ${message}`) }

/**
 * Starts a program with three pipes, as the leader of a session without a terminal, so that neither keys nor its questions
 * go through ours. Rejects with a {@link ConnectionError}.
 */
export const startProcess = (
  program: string,
  args: readonly string[],
  options: SpawnOptionsWithoutStdio,
): Promise<ChildProcessWithoutNullStreams> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, [...args], { ...options, stdio: ['pipe', 'pipe', 'pipe'], detached: true })
    child.on('error', (error) => reject(new ConnectionError(causeOf(program, error), { cause: error })))
    // Where it could not be started, it has no pipes either.
    if (child.pid === undefined) return
    // A program that ended closes its stdin: its end tells, this is only the echo.
    child.stdin.on('error', () => undefined)
    resolve(child)
  })
