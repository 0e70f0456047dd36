import type { Connect, Connection, Program } from '../connections/connection.ts'
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

/** Why sudo does not let us become root; undefined: it does. */
const tryOnce = async (connection: Connection, signal: AbortSignal): Promise<string | undefined> => {
  const limit = AbortSignal.timeout(patience)
  const trial = await connection.stream(rootTrial, AbortSignal.any([signal, limit]))
  const { code, stderr } = await trial.exit
  if (limit.aborted) return `did not answer within ${patience / 1000} s`
  return code === 0 ? undefined : (sudoRefusal(code, stderr) ?? `ended with status ${code}`)
}

/**
 * Connections over which everything runs as root: `--sudo root`, equal to root. Where sudo refuses, they are as they were:
 * what needs no root still has its figures, and the gate knows why the rest has none.
 */
export const connectAsRoot =
  (connect: Connect, gate: SudoGate): Connect =>
  async (signal, attempt) => {
    const connection = await connect(signal, attempt)
    if (gate.barred(wholeEngine) !== undefined) return connection
    const refusal = await tryOnce(connection, signal).catch((error: unknown) => {
      // Nobody else holds it.
      connection.close()
      throw error
    })
    if (refusal !== undefined) {
      if (!signal.aborted) gate.refused(wholeEngine, refusal, fragment)
      return connection
    }
    gate.worked(wholeEngine)
    return { ...connection, stream: (program, until) => connection.stream(asRoot(program), until) }
  }
