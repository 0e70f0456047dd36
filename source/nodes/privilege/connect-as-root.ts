import {
  type Cause,
  type Channel,
  type Connect,
  type Connection,
  ConnectionError,
  type Program,
} from '../connections/connection.ts'
import type { TypedRun } from '../programs/programs.ts'
import type { SudoGate } from './sudo-gate.ts'
import { sudoRefusal } from './sudo-words.ts'

/** What the gate knows the whole engine by. */
export const wholeEngine = 'root'

/** What prints the lines of sudoers that permit it: those without `--sudo root` do not. */
const fragment = 'kntop commands --output sudoers --sudo root'

/** Milliseconds that sudo may take to say whether it lets us. */
const patience = 10_000

// sudo leaves SSH_CONNECTION out of what it hands on, by which kntop's own connection is told from traffic.
const before = 'i=$1; shift; exec sudo -n sh -c "$i" kntop "${SSH_CONNECTION-}" "$@"'
const within = 'SSH_CONNECTION=$1; export SSH_CONNECTION; shift; exec "$@"'

/** What everything runs under, as a person would type it. */
export const shownEngine = 'sudo -n sh'

/** What sudo and the shells before and within it are given, for a program that is shown as PROGRAM: see {@link asRoot}. */
export const shownUnderSudo = (program: string): readonly TypedRun[] => [
  { command: `sh -c BEFORE kntop WITHIN ${program}`, where: { BEFORE: before, WITHIN: within } },
  { command: `sudo -n sh -c WITHIN kntop CONNECTION ${program}`, where: { WITHIN: within } },
]

/** A program run as root by sudo, which asks for no password. Leases and all that watches stdin run inside. */
export const asRoot = (program: Program): Program => ({
  ...program,
  argv: ['sh', '-c', before, 'kntop', within, ...program.argv],
})

/** Whether sudo lets us is tried with what does nothing. */
export const rootTrial = asRoot({ argv: ['sh', '-c', ':'] })

/** Milliseconds in which a connection that took the trial with it says so: that of the system's ssh does after its channels. */
const grace = 1000

/** A shell ends with this and the number of the signal where what it ran was killed (POSIX sh, 2.8.2). */
const bySignal = 128

/** What came of a trial. Of one that was not answered nothing is known. */
type Outcome = 'root' | { readonly refused: string } | { readonly unanswered: string }

/** The cause of a connection that ends within so many milliseconds. */
const endOf = ({ closed }: Connection, within: number): Promise<Cause | undefined> => {
  const waited = Promise.withResolvers<undefined>()
  const timer = setTimeout(waited.resolve, within, undefined)
  return Promise.race([closed, waited.promise]).finally(() => clearTimeout(timer))
}

/** Whether sudo lets us become root. Rejects with a {@link ConnectionError}, also where the connection is lost meanwhile. */
const tryOnce = async (connection: Connection, signal: AbortSignal): Promise<Outcome> => {
  const limit = AbortSignal.timeout(patience)
  const trial = await connection.stream(rootTrial, AbortSignal.any([signal, limit]))
  const { code, signal: killer, stderr } = await trial.exit
  // Whoever gave up is told nothing.
  if (limit.aborted || signal.aborted) return { unanswered: `did not answer within ${patience / 1000} s` }
  if (code === 0) return 'root'
  if (code !== null && code > bySignal) return { unanswered: `was killed by signal ${code - bySignal}` }
  if (code !== null) return { refused: sudoRefusal(code, stderr) ?? `ended with status ${code}` }
  if (killer !== null) return { unanswered: `was killed by ${killer}` }
  const lost = await endOf(connection, grace)
  if (lost !== undefined) throw new ConnectionError(lost)
  return { unanswered: 'ended without a status' }
}

/** Asks sudo, and notes its answer; true: we are root. */
const becomesRoot = async (connection: Connection, gate: SudoGate, signal: AbortSignal): Promise<boolean> => {
  const outcome = await tryOnce(connection, signal)
  if (outcome === 'root') gate.worked(wholeEngine)
  else if (signal.aborted) return false
  else if ('refused' in outcome) gate.refused(wholeEngine, outcome.refused, fragment)
  else gate.unanswered(wholeEngine, outcome.unanswered)
  return outcome === 'root'
}

/** Milliseconds between two looks whether sudo may be asked again over a connection that lives. */
const between = 300_000

/**
 * The same connection, over which everything runs as root as soon as sudo permits it. What was begun before is closed then:
 * whoever holds it begins it anew, and no login is needed for that.
 */
const untilRoot = (connection: Connection, gate: SudoGate): Connection => {
  const plain = new Set<Channel>()
  const over = new AbortController()
  let isRoot = false
  let timer: NodeJS.Timeout | undefined
  const later = (): void => {
    if (!over.signal.aborted) timer = setTimeout(() => void look(), between).unref()
  }
  const look = async (): Promise<void> => {
    const mayAsk = gate.barred(wholeEngine) === undefined
    // One that is lost meanwhile ends by its own cause.
    isRoot = mayAsk && (await becomesRoot(connection, gate, over.signal).catch(() => false))
    if (!isRoot) return later()
    for (const channel of plain) channel.close()
  }
  void connection.closed.then(() => {
    over.abort()
    clearTimeout(timer)
  })
  later()
  return {
    ...connection,
    async stream(program, signal) {
      if (isRoot) return connection.stream(asRoot(program), signal)
      const channel = await connection.stream(program, signal)
      // Root was permitted while it was opened.
      if (isRoot) channel.close()
      plain.add(channel)
      void channel.exit.then(() => plain.delete(channel))
      return channel
    },
  }
}

/**
 * Connections over which everything runs as root: `--sudo root`, equal to root. Where sudo refuses or does not answer, they
 * are as they were: what needs no root still has its figures, and the gate knows why the rest has none.
 */
export const connectAsRoot =
  (connect: Connect, gate: SudoGate): Connect =>
  async (signal, attempt) => {
    const connection = await connect(signal, attempt)
    if (gate.barred(wholeEngine) !== undefined) return untilRoot(connection, gate)
    const isRoot = await becomesRoot(connection, gate, signal).catch((error: unknown) => {
      // Nobody else holds it.
      connection.close()
      throw error
    })
    if (!isRoot) return untilRoot(connection, gate)
    return { ...connection, stream: (program, until) => connection.stream(asRoot(program), until) }
  }
