import { type Clean, clean } from '../../../../text/clean.ts'
import type { Cause } from '../../connection.ts'
import type { Unusable } from './offers.ts'

/**
 * What became of one attempt. `more`: the server took it and wants something else besides. `barred`: it knew the key, asked
 * for the signature, and refused nevertheless. `unsigned`: the key's holder did not sign, so the server judged nothing.
 * `unasked`: it refused without a question, so there was no answer. `open`: the server has not answered.
 */
export interface Tried {
  readonly method: 'publickey' | 'keyboard-interactive' | 'password' | 'none'
  readonly name: Clean
  /** Of the key that was offered. */
  readonly fingerprint?: string | undefined
  readonly outcome: 'open' | 'refused' | 'barred' | 'more' | 'unsigned' | 'unasked'
}

/** What is known of a login, whether it has ended or not. */
export interface LoginReport {
  readonly user: Clean
  readonly tried: readonly Tried[]
  /** Names of keys that were not offered: a server does not wait for ever. */
  readonly left: readonly Clean[]
  readonly unusable: readonly Unusable[]
  /** The methods that the server would still take, as it last said. */
  readonly methods?: readonly string[] | undefined
  /** Set when the agent did not answer, before or meanwhile. */
  readonly agentSilent?: Clean | undefined
  /** Set when a person said no to what the server asked, or was spared too much of it. */
  readonly declined?: Clean | undefined
  /** Fingerprints of keys that nobody signed with, and why: for the next plan. */
  readonly unwilling: ReadonlyMap<string, Clean>
  /** A person answered something of this one login: it is not repeated without one. */
  readonly byPerson: boolean
  /** A question of this login was still open. */
  readonly asking: boolean
  /** Undefined until the login has ended in success; then the fingerprint of the last key, if it was by key. */
  readonly success?: { readonly fingerprint?: string | undefined } | undefined
}

/**
 * Why a login failed. `refused` alone counts as a failed authentication. `keyless`: there was none to offer. `person`: it needs a person, and is not repeated
 * without one. `unwilling`: the agent would not sign with a key; the login may be repeated at once without that key.
 * `not-authentication`: something else ended the connection. `heard`: what of the cause is the server's part, where our own
 * side has one in it; that alone holds for another configuration of the same user and address. `takesNoKey`: the server takes
 * none, whichever.
 */
export type LoginFailure =
  | {
      readonly kind: 'refused' | 'keyless' | 'person' | 'unwilling' | 'agent-silent'
      readonly cause: Cause
      readonly heard?: Clean
      readonly takesNoKey?: boolean
    }
  | { readonly kind: 'not-authentication' }

/** As ssh2 gives its errors: `level` says where it happened, `code` is the number of a disconnect message. */
export interface SshError {
  readonly message: string
  readonly level?: string
  readonly code?: unknown
}

const listed = (names: readonly Clean[]): string => [...new Set(names)].join(', ')

const denied = (text: string): Cause => ({ state: 'denied', cause: clean(text) })

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

/** Keys of this side that could not be offered, to be put behind a cause. */
export const unusableText = (unusable: readonly Unusable[]): string =>
  unusable
    .slice(0, 2)
    .map(({ name, why }) => `; ${name}: ${why}`)
    .join('')

/** The same where there is no key at all, and one would help. */
export const keylessAdvice = (unusable: readonly Unusable[]): string =>
  unusableText(unusable) || '; add one to the agent with ssh-add, or name one with IdentityFile'

/** The server takes no key, whichever: others than these help. Undefined: it takes one, or has not said. */
const keysAreVain = ({ methods = [] }: LoginReport): string | undefined =>
  methods.length === 0 || methods.includes('publickey')
    ? undefined
    : `the server takes only ${methods.join(', ')}: allow publickey in its sshd, or answer it on kntop's screen, where your configuration allows that`

const adviceOn = ({ left, unusable, methods = [] }: LoginReport): string => {
  if (left.length > 0) return `; ${left.length} more not tried (${listed(left)}): name the right one with IdentityFile`
  if (unusable.length > 0) return unusableText(unusable)
  // Where only keys get in, ssh-copy-id does not either; and certificates alone may be what is wanted, which no server tells.
  const add = methods.some((method) => method !== 'publickey')
    ? 'add one with ssh-copy-id'
    : 'have one added to its authorized_keys, or signed'
  return `; ${add}, or name another with IdentityFile`
}

const refusal = (report: LoginReport): LoginFailure => {
  const { tried, user, methods } = report
  const keys = tried.filter(({ method, outcome }) => method === 'publickey' && outcome !== 'unsigned')
  const taken = tried.find(({ outcome }) => outcome === 'more')
  const answers = tried.filter(
    ({ method, outcome }) => method !== 'publickey' && method !== 'none' && outcome !== 'more' && outcome !== 'unasked',
  )
  const refused = (text: string) => ({ kind: 'refused', cause: denied(text) }) as const
  if (answers.length > 0)
    return refused(`server refused the answers for ${user} (${listed(answers.map(({ method }) => clean(method)))})`)
  if (taken !== undefined) {
    const wants = methods?.join(', ') || 'more'
    const text = `server took ${taken.name} for ${user} and asks for ${wants} besides, which needs a person`
    return { kind: 'person', cause: denied(text) }
  }
  const vain = keysAreVain(report)
  const barred = keys.find(({ outcome }) => outcome === 'barred')
  if (barred !== undefined)
    return refused(
      `server knows ${barred.name} for ${user} and refuses nevertheless: look at its PermitRootLogin and` +
        ` AuthenticationMethods, and whether the account has expired`,
    )
  if (keys.length > 0) {
    const names = listed(keys.map(({ name }) => name))
    const text = `server refused ${counted(keys.length, 'key')} (${names}) for ${user}`
    const heard = vain === undefined ? text : `${text}; ${vain}`
    return { ...refused(vain === undefined ? `${text}${adviceOn(report)}` : heard), heard: clean(heard) }
  }
  const needed = methods?.length ? `, and the server takes only ${methods.join(', ')}` : ''
  if (vain !== undefined)
    return { kind: 'keyless', cause: denied(`no key to offer for ${user}, and ${vain}`), takesNoKey: true }
  const heard = `no key to offer for ${user}${needed}`
  return { kind: 'keyless', cause: denied(`${heard}${keylessAdvice(report.unusable)}`), heard: clean(heard) }
}

// SSH_DISCONNECT_PROTOCOL_ERROR: sshd ends so at MaxAuthTries, with these words.
const isTooMany = ({ message }: SshError): boolean => /too many authentication failures/i.test(message)

const tooMany = ({ tried, user, left }: LoginReport): Cause => {
  const keys = tried.filter(({ method }) => method === 'publickey')
  const more = left.length > 0 ? `, ${left.length} not tried` : ''
  return denied(
    `too many authentication failures for ${user}: the server hung up after ${counted(tried.length, 'attempt')}` +
      ` (${listed(keys.map(({ name }) => name))}${more}): name the right key with IdentityFile and IdentitiesOnly yes`,
  )
}

const silence = ({ tried }: LoginReport, cause: Clean): LoginFailure => {
  const refused = tried.filter(({ outcome }) => outcome === 'refused').map(({ name }) => name)
  const besides = refused.length > 0 ? ` (meanwhile refused: ${listed(refused)})` : ''
  return { kind: 'agent-silent', cause: { state: 'backing-off', cause: clean(`${cause}${besides}`) } }
}

/** What `connectSsh` says where a login takes longer than it may. */
export const loginTimeout = 'Timed out while waiting for login'

/** What ends a login of whose server nobody could answer all questions. */
export const tooManyPrompts = 'more than 100 questions at once'

const unanswered = (error: SshError | undefined): string =>
  error?.message === loginTimeout
    ? 'nobody answered within 2 minutes; r asks again'
    : 'the connection ended before anybody answered; r asks again'

/**
 * The plain cause of a login that did not become ready, and what to do. `error` is what ssh2 said first, undefined where the
 * connection just closed.
 */
export const explainLogin = (report: LoginReport, error: SshError | undefined): LoginFailure => {
  const judged = error?.level === 'client-authentication' || error?.level === 'agent'
  if (error?.message === tooManyPrompts)
    return {
      kind: 'person',
      cause: denied(`the server asks ${tooManyPrompts}: look at its PAM modules; r tries again`),
    }
  const hungUp = error !== undefined && isTooMany(error)
  // A server may just hang up where an answer is missing.
  if (report.declined !== undefined && error?.level !== 'agent')
    return { kind: 'person', cause: denied(report.declined) }
  if (report.asking && !judged) return { kind: 'person', cause: denied(unanswered(error)) }
  if (!judged && !hungUp) return { kind: 'not-authentication' }
  // Keys that the agent holds were never judged, so this is nobody's failure.
  if (report.agentSilent !== undefined) return silence(report, report.agentSilent)
  if (hungUp) return { kind: 'refused', cause: tooMany(report) }
  return error?.level === 'agent' ? { kind: 'unwilling', cause: denied(error.message) } : refusal(report)
}

/** Fingerprints of the keys that the server refused: what a failed authentication is counted against. */
export const refusedKeys = ({ tried }: LoginReport): readonly string[] =>
  tried.flatMap(({ fingerprint, outcome }) => (outcome === 'more' || outcome === 'unsigned' ? [] : (fingerprint ?? [])))
