import { clean } from '../../../text/clean.ts'
import { allows } from './auth/authentication-settings.ts'
import type { LoginFailure, LoginReport } from './auth/login-report.ts'
import type { Plan } from './auth/offers.ts'
import type { SshSettings } from './ssh-settings.ts'

type Asking = Pick<SshSettings, 'batchMode' | 'methods'>

/** What of the configuration lets nobody be asked for a password, an answer or a passphrase; undefined: nothing. */
export const whyNobody = ({ batchMode, methods }: Asking): string | undefined => {
  if (batchMode) return 'BatchMode yes'
  return methods.prompts === 0 ? 'NumberOfPasswordPrompts 0' : undefined
}

/** The same plan; of keys that lack only their passphrase it says why nobody is asked for that. */
export const planUnasked = (plan: Plan, why: string): Plan => {
  if (plan.kind === 'hold') return plan
  const says = clean(`it needs a passphrase, and ${why} lets nobody be asked for it: add it with ssh-add`)
  return { ...plan, unusable: plan.unusable.map((key) => (key.locked === true ? { ...key, why: says } : key)) }
}

/** The same failure; where a person could have answered the server, it says why nobody was asked. */
export const failureUnasked = (
  failure: LoginFailure,
  { methods = [] }: LoginReport,
  why: string,
  settings: Asking,
): LoginFailure => {
  const isAnswer = (method: string): boolean => method === 'password' || method === 'keyboard-interactive'
  if (!methods.some((method) => isAnswer(method) && allows(settings.methods, method))) return failure
  if (failure.kind === 'not-authentication' || failure.kind === 'agent-silent') return failure
  const { cause } = failure.cause
  const text = `${cause}; ${why} lets nobody be asked: take it from the ssh configuration of this host, and kntop asks you`
  // Another configuration of the same host may let somebody be asked.
  return { ...failure, heard: failure.heard ?? cause, cause: { ...failure.cause, cause: clean(text, 500) } }
}
