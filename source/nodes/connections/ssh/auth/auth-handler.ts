import type { AnyAuthMethod, AuthHandlerMiddleware } from 'ssh2'
import { type Clean, clean } from '../../../../text/clean.ts'
import type { Attempt } from './attempt.ts'
import { type AllowedMethods, allows } from './authentication-settings.ts'
import type { HearRefusal } from './heard-refusals.ts'
import { offerKey, type Signers } from './key-attempts.ts'
import type { LoginReport, Tried } from './login-report.ts'
import type { Plan } from './offers.ts'
import { createPersonAttempts } from './person-attempts.ts'
import type { AskPerson } from './prompts.ts'

export interface LoginOptions extends Signers {
  /** How the person knows the node: `USER@NAME asks:`. */
  readonly name: Clean
  readonly plan: Extract<Plan, { readonly kind: 'login' }>
  readonly allowed: AllowedMethods
  /** Undefined: headless, nobody is asked anything. */
  readonly ask: AskPerson | undefined
  /** The end of this login: takes away what a person is asked, and nothing more is tried. */
  readonly signal: AbortSignal
  /** Ends the connection at once: a person declined what the server waits for. */
  readonly giveUp: () => void
}

/** One login, for one connection. */
export interface Login {
  /** For ssh2's `authHandler`. */
  readonly authHandler: AuthHandlerMiddleware
  /** To be told what the server says to each attempt, for `hearRefusals`. */
  readonly heard: HearRefusal
  /** To be called when the connection is ready. */
  succeeded(): void
  /** What is known so far. */
  report(): LoginReport
}

const isSigned = (attempt: Attempt | undefined): boolean => attempt?.signer === 'signed'

const triedOf = ({ method, name, fingerprint, signer, unasked }: Attempt, outcome: Tried['outcome']): Tried => ({
  method: method.type === 'agent' || method.type === 'hostbased' ? 'publickey' : method.type,
  name,
  fingerprint,
  outcome: typeof signer === 'object' ? 'unsigned' : unasked === true && outcome === 'refused' ? 'unasked' : outcome,
})

const isRefusedAnswer = ({ method, outcome }: Tried): boolean =>
  outcome === 'refused' && (method === 'password' || method === 'keyboard-interactive')

/** How many answers of a person the server refused just now, one after the other. */
const refusedAnswers = (tried: readonly Tried[]): number =>
  tried.length - 1 - tried.findLastIndex((attempt) => !isRefusedAnswer(attempt))

/** Turns a plan into what ssh2 asks for, one method at a time, and keeps what was tried and what the server said. */
export const createLogin = (options: LoginOptions): Login => {
  const { user, plan, allowed, signal } = options
  const waiting = [...plan.offers]
  // While the agent is silent a refusal means little, and nobody is to be asked in its stead.
  const person = createPersonAttempts({ ...options, ask: plan.withoutAgent === undefined ? options.ask : undefined })
  const tried: Tried[] = []
  const unwilling = new Map<string, Clean>()
  const unusable = [...plan.unusable]
  let pending: Attempt | undefined
  let methods: readonly string[] | undefined
  let partial = false
  let agentSilent = plan.withoutAgent
  let success: LoginReport['success']

  const takes = (method: string): boolean =>
    allows(allowed, method) && (methods === undefined || methods.includes(method))

  const settle = (attempt: Attempt): void => {
    const { signer, fingerprint } = attempt
    tried.push(triedOf(attempt, partial ? 'more' : isSigned(attempt) ? 'barred' : 'refused'))
    if (typeof signer !== 'object') return
    if (signer.trouble === 'silent') agentSilent = signer.reason
    else if (fingerprint !== undefined) unwilling.set(fingerprint, signer.reason)
  }

  const keyAttempt = async (): Promise<Attempt | undefined> => {
    while (waiting.length > 0 && takes('publickey')) {
      const offer = waiting.shift()
      const attempt = offer && (await offerKey(offer, options))
      if (attempt !== undefined && 'method' in attempt) return attempt
      if (offer !== undefined && attempt !== undefined) unusable.push({ name: offer.name, why: attempt.locked })
    }
    return undefined
  }

  const none = (): Attempt => ({ method: { type: 'none', username: user }, name: clean('none') })

  const choose = async (): Promise<Attempt | undefined> => {
    if (signal.aborted || (agentSilent !== undefined && agentSilent !== plan.withoutAgent)) return undefined
    const key = await keyAttempt()
    if (key !== undefined) return key
    if (tried.length === 0) return none()
    // A person's secrets go only where the server has said that it takes such.
    return person.next((method) => methods !== undefined && takes(method), refusedAnswers(tried))
  }

  const next = async (): Promise<AnyAuthMethod | false> => {
    const last = pending
    pending = undefined
    if (last !== undefined) settle(last)
    pending = await choose()
    partial = false
    return pending?.method ?? false
  }

  return {
    authHandler: (_left, _partial, then) => {
      // ssh2 knows false for "nothing more"; its types do not.
      const proceed = then as (method: AnyAuthMethod | false) => void
      void next().then(proceed, () => proceed(false))
    },
    heard: (left, took) => {
      methods = left
      partial = took
    },
    succeeded: () => {
      const taken = tried.findLast(({ outcome }) => outcome === 'more')
      success = { fingerprint: pending?.fingerprint ?? taken?.fingerprint }
      pending = undefined
    },
    report: () => ({
      user: clean(user),
      tried: pending === undefined ? [...tried] : [...tried, triedOf(pending, 'open')],
      left: [...waiting, ...plan.left].map((offer) => offer.name),
      unusable: [...unusable],
      methods,
      agentSilent,
      declined: person.declined,
      unwilling: new Map(unwilling),
      byPerson: person.answered,
      asking: person.asking,
      success,
    }),
  }
}
