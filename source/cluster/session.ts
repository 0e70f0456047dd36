import { type Clean, clean } from '../text/clean.ts'
import { ApiError } from './api.ts'
import type { ExecCredential } from './credentials/exec-answer.ts'
import { type Clocks, createHolder } from './credentials/holder.ts'
import { refusalOf } from './credentials/refusal.ts'
import type { Target } from './kubeconfig/target.ts'
import { type Agents, fingerprint, retire } from './transport/agents.ts'
import { type Login, prepareLogin } from './transport/login.ts'

export interface SessionOptions extends Clocks {
  /** Milliseconds after which files with credentials are read again. */
  readonly files: number
  /** Runs the plugin of the user entry. */
  readonly plugin: () => Promise<ExecCredential>
  readonly agents: (login: Login) => Agents
}

/** A login, and the connections that are its own. */
export interface Prepared {
  readonly login: Login
  readonly agents: Agents
  /** Of a plugin. */
  readonly given: ExecCredential | undefined
  readonly print: string
  readonly at: number
}

/** Who we are to a server now: credentials are read, fetched and renewed as it takes, and connections follow them. */
export interface Session {
  /** Rejects with {@link ApiError} of reason `credentials` or `proxy`. */
  current(): Promise<Prepared>
  /** What the server said to a request with it. */
  answered(used: Prepared, status: number): void
  /** What was refused is not used again; gives why, with an advice, and empty where nothing was refused. */
  refused(): Clean
  close(): void
}

const unauthorised = 401

const isSame = (one: Prepared, other: Prepared): boolean => one.given === other.given && one.print === other.print

export const createSession = (target: Target, { now, wall, files, plugin, agents }: SessionOptions): Session => {
  const holder = target.user.exec === undefined ? undefined : createHolder(plugin, { now, wall })
  let held: Prepared | undefined
  let flight: Promise<Prepared> | undefined
  let lastRefused: Prepared | undefined
  let why = clean('')

  const renew = async (given: ExecCredential | undefined): Promise<Prepared> => {
    const before = held
    let login: Login
    try {
      login = await prepareLogin(target, given)
    } catch (error) {
      // A file that is being replaced: what was read before is good until the server says otherwise.
      if (held === undefined || held.given !== given) throw error
      return { ...held, at: now() }
    }
    const print = fingerprint(login)
    if (before?.print === print) return { ...before, login, given, at: now() }
    const made = agents(login)
    if (before !== undefined) retire(before.agents)
    return { login, agents: made, given, print, at: now() }
  }

  const current = async (): Promise<Prepared> => {
    const given = await holder?.current()
    if (held !== undefined && held.given === given && now() - held.at < files) return held
    flight ??= renew(given)
      .then((prepared) => {
        held = prepared
        return prepared
      })
      .finally(() => {
        flight = undefined
      })
    const prepared = await flight
    // The flight that was under way may have been with the credential before.
    return prepared.given === given ? prepared : current()
  }

  return {
    current,
    answered: (used, status) => {
      if (status === unauthorised) {
        lastRefused = used
        why = refusalOf(target, used.login, wall())
        return
      }
      // What was wrong with another credential explains no refusal of this one.
      if (lastRefused !== undefined && !isSame(used, lastRefused)) why = clean('')
      if (used.given !== undefined) holder?.accepted(used.given)
    },
    refused: () => {
      // Many hear of one refusal; whoever comes late speaks of a credential that is gone.
      if (held === undefined || lastRefused === undefined) return why
      if (!isSame(lastRefused, held)) return why
      if (held.given !== undefined) holder?.refused(held.given, new ApiError('credentials', why))
      held = { ...held, at: Number.NEGATIVE_INFINITY }
      return why
    },
    close: () => {
      for (const agent of held === undefined ? [] : [held.agents.call, held.agents.watch]) agent.destroy()
    },
  }
}
