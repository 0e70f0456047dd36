import { spawn } from 'node:child_process'
import { unlink } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { clean } from '../../../text/clean.ts'
import { type Cause, ConnectionError } from '../connection.ts'
import { awaitGroup, signalGroup } from '../process-session.ts'
import { answers } from './answers.ts'
import { masterArguments } from './arguments.ts'
import { tailOf } from './bounded-text.ts'
import { quietEnvironment } from './environment.ts'
import { keeperScript } from './keeper-script.ts'
import type { OpenSshOptions } from './options.ts'
import { causeOfEnd } from './refusals.ts'

/** The ssh that is logged in and that all others go through. */
export interface Master {
  readonly socket: string
  /** Settles when it has ended, with its whole process group, and its socket is removed. */
  readonly ended: Promise<Cause>
  /** Ends it, whatever state it is in. */
  end(): void
}

/** Milliseconds that it gets to end by itself: the script that holds it kills what is left after one second. */
const grace = 1500

/** Milliseconds that what was killed gets to be gone: what hangs in the kernel holds nobody up. */
const longestEnd = 500

const missing = (program: string): Cause => ({
  state: 'denied',
  cause: clean(`no ssh on this machine: ${program} cannot be found; install the OpenSSH client`),
})

const clearAway = async (group: number | undefined, socket: string): Promise<void> => {
  if (group !== undefined) await awaitGroup(group, 0, longestEnd)
  // Gone with its ssh, as a rule; where it cannot be removed, nobody listens any more.
  await unlink(socket).catch(() => undefined)
}

/** A process group that leads no terminal, and its end. */
const startMaster = (options: OpenSshOptions, socket: string): Master & { loggedIn(): void } => {
  const { host, program } = options
  const child = spawn('/bin/sh', ['-c', keeperScript, 'sh', socket, program, ...masterArguments(options, socket)], {
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true,
    env: { ...quietEnvironment(options.environment) },
  })
  const ended = Promise.withResolvers<Cause>()
  const said = tailOf(child.stderr)
  let isOver = false
  let timer: NodeJS.Timeout | undefined

  const end = (): void => {
    if (isOver) return
    child.stdin.end()
    timer ??= setTimeout(() => {
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL')
      child.stderr.destroy()
    }, grace)
  }
  const over = (cause: Cause): void => {
    isOver = true
    clearTimeout(timer)
    void clearAway(child.pid, socket).then(() => ended.resolve(cause))
  }

  child.stdin.on('error', () => undefined)
  child.once('exit', () => {
    // Where somebody ended the script alone, the rest of its group is still there.
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL')
  })
  child.once('error', (error) => over({ state: 'lost', cause: clean(`cannot start ssh: ${error.message}`) }))
  child.once('close', (code) =>
    over(code === 127 ? missing(program) : causeOfEnd(said.text(), host, `ssh to ${host} ended without a word`)),
  )
  return { socket, ended: ended.promise, end, loggedIn: said.clear }
}

/** Resolves once somebody is logged in and the socket answers; never, where that does not come to be. */
const untilReady = async (socket: string, signal: AbortSignal): Promise<void> => {
  const start = performance.now()
  while (!signal.aborted) {
    if (await answers(socket, grace)) return
    // A login takes from tenths of a second to as long as a person needs to touch a key.
    await wait(Math.min(100, Math.max(10, (performance.now() - start) / 10)))
  }
}

/** Logs in. Rejects with a {@link ConnectionError}, once everything that was started is gone. */
export const openMaster = async (options: OpenSshOptions, socket: string, signal: AbortSignal): Promise<Master> => {
  const { loggedIn, ...master } = startMaster(options, socket)
  const waiting = new AbortController()
  const given = new Promise<Cause>((resolve) => {
    signal.addEventListener('abort', () => resolve({ state: 'lost', cause: clean('given up') }), {
      once: true,
      signal: waiting.signal,
    })
  })
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Cause>((resolve) => {
    const cause = clean(`does not log in within ${options.limit / 1000} s: see what ssh ${options.host} waits for`)
    timer = setTimeout(() => resolve({ state: 'lost', cause }), options.limit)
  })
  const failure = await Promise.race([untilReady(socket, waiting.signal), master.ended, given, late])
  clearTimeout(timer)
  waiting.abort()
  if (failure === undefined) {
    // What was said until now was about the login, or came from the server.
    loggedIn()
    return master
  }
  master.end()
  await master.ended
  throw new ConnectionError(failure)
}
