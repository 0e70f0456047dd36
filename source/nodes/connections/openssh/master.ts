import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { unlink } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { clean } from '../../../text/clean.ts'
import { type Cause, ConnectionError } from '../connection.ts'
import { onFlood, stderrFlood } from '../flood-guard.ts'
import { awaitGroup, signalGroup } from '../process-session.ts'
import { answers } from './answers.ts'
import { masterArguments } from './arguments.ts'
import { tailOf } from './bounded-text.ts'
import { quietEnvironment } from './environment.ts'
import { keeperScript } from './keeper-script.ts'
import type { OpenSshOptions } from './options.ts'
import { reachedAddress } from './reached-address.ts'
import { causeOfEnd, type RefusedLogin, refusedLogin } from './refusals.ts'
import { missingProgram, startProcess } from './start-process.ts'

/** The server refused all that ssh had to log in with. */
export class LoginRefused extends ConnectionError {
  readonly refused: RefusedLogin
  constructor(reason: Cause, refused: RefusedLogin) {
    super(reason)
    this.refused = refused
  }
}

/** The ssh that is logged in and that all others go through. */
export interface Master {
  readonly socket: string
  /** Settles when it has ended, with its whole process group, and its socket is removed. */
  readonly ended: Promise<Cause>
  /** Ends it, whatever state it is in. */
  end(): void
}

/** Milliseconds that an ssh that is there has to greet. */
const answerLimit = 1500

/** Milliseconds for the login itself, as one by ssh2 gets: PAM may take its time, and security keys wait for a touch. */
const usualLogin = 30_000

/** Milliseconds that ssh, and a ProxyCommand of it, get to end once they were asked to. */
const grace = 1000

/** Milliseconds that what was killed gets to be gone: what hangs in the kernel holds nobody up. */
const longestEnd = 500

const clearAway = async (group: number | undefined, socket: string): Promise<void> => {
  if (group !== undefined) await awaitGroup(group, 0, longestEnd)
  // Gone with its ssh, as a rule; where it cannot be removed, nobody listens any more.
  await unlink(socket).catch(() => undefined)
}

/** One that may not be logged in yet. */
interface StartedMaster extends Master {
  /** What it said until now was about the login. */
  loggedIn(): void
  /** How the server refused the login, as far as it has said. */
  refused(): RefusedLogin | undefined
}

/** The running script behind its contract. */
const masterOf = (
  child: ChildProcessWithoutNullStreams,
  { host, program, reached }: OpenSshOptions,
  socket: string,
): StartedMaster => {
  const ended = Promise.withResolvers<Cause>()
  const said = tailOf(child.stderr)
  let floods = false
  let isIn = false
  const kill = (): void => {
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL')
  }
  let isOver = false
  let timer: NodeJS.Timeout | undefined

  /** From all that was said: a line may come in pieces, and the socket may have answered before it is here. */
  const tellAddress = (): void => {
    const address = isIn ? reachedAddress(said.text()) : undefined
    if (address !== undefined) reached?.(address)
  }

  child.stdout.resume()
  child.stderr.on('data', tellAddress)
  onFlood(child.stderr, () => {
    floods = true
    kill()
  })
  child.once('exit', () => {
    isOver = true
    clearTimeout(timer)
    // Where somebody ended the script alone, the rest of its group is still there. What left the group may hold stderr for
    // as long as it likes; what was said before is read first.
    kill()
    timer = setTimeout(() => setImmediate(() => child.stderr.destroy()), longestEnd)
  })
  child.once('close', (code) => {
    clearTimeout(timer)
    const silent = `ssh to ${host} ended without a word`
    const why = (): Cause => {
      if (floods) return stderrFlood
      return code === 127 ? missingProgram(program) : causeOfEnd(said.text(), host, silent)
    }
    void clearAway(child.pid, socket).then(() => ended.resolve(why()))
  })
  return {
    socket,
    ended: ended.promise,
    end: () => {
      if (isOver || timer !== undefined) return
      child.stdin.write('\n')
      timer = setTimeout(kill, grace)
    },
    loggedIn: () => {
      isIn = true
      tellAddress()
      said.clear()
    },
    refused: () => (floods ? undefined : refusedLogin(said.text(), host)),
  }
}

const startMaster = async (options: OpenSshOptions, socket: string): Promise<StartedMaster> => {
  const args = ['-c', keeperScript, 'sh', socket, options.program, ...masterArguments(options, socket)]
  return masterOf(await startProcess('/bin/sh', args, { env: quietEnvironment(options.environment) }), options, socket)
}

/** Resolves once somebody is logged in and the socket answers; never, where that does not come to be. */
const untilReady = async (socket: string, signal: AbortSignal): Promise<void> => {
  const start = performance.now()
  while (!signal.aborted) {
    if (await answers(socket, answerLimit)) return
    // A login takes from tenths of a second to as long as a person needs to touch a key.
    await wait(Math.min(100, Math.max(10, (performance.now() - start) / 10)))
  }
}

const givenUp: Cause = { state: 'lost', cause: clean('given up') }

/** Logs in. Rejects with a {@link ConnectionError}, {@link LoginRefused} where that is what it is, once everything that was started is gone. */
export const openMaster = async (options: OpenSshOptions, socket: string, signal: AbortSignal): Promise<Master> => {
  // A signal that has fired fires no more: whoever gave up while the path was made is heard here, and else below.
  if (signal.aborted) throw new ConnectionError(givenUp)
  const { loggedIn, refused, ...master } = await startMaster(options, socket)
  const waiting = new AbortController()
  const given = new Promise<Cause>((resolve) => {
    if (signal.aborted) resolve(givenUp)
    signal.addEventListener('abort', () => resolve(givenUp), { once: true, signal: waiting.signal })
  })
  let timer: NodeJS.Timeout | undefined
  const limit = options.limit + (options.loginLimit ?? usualLogin)
  const late = new Promise<Cause>((resolve) => {
    const cause = clean(`does not log in within ${limit / 1000} s: see what ssh ${options.host} waits for`)
    timer = setTimeout(() => resolve({ state: 'lost', cause }), limit)
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
  // Only where ssh ended by itself it says why: until then a server may write anything, and wait.
  const isTold = (await master.ended) === failure
  const login = isTold ? refused() : undefined
  throw login === undefined ? new ConnectionError(failure) : new LoginRefused(failure, login)
}
