import type { Duplex } from 'node:stream'
import { type Clean, clean } from '../../../text/clean.ts'
import { type Attempt, ConnectionError } from '../connection.ts'
import { accountOf } from './account.ts'
import { algorithmsFor } from './algorithms.ts'
import { createLogin } from './auth/auth-handler.ts'
import { agentSocket } from './auth/authentication-settings.ts'
import { planLogin } from './auth/login-plan.ts'
import { explainLogin, type SshError } from './auth/login-report.ts'
import { causeOfFailure, isNegotiationFailure } from './failure-cause.ts'
import { checkHostKey, type Judgement } from './host-verifier.ts'
import { type HostIdentity, knownKeys } from './known-hosts.ts'
import { failureUnasked, planUnasked, whyNobody } from './nobody-asked.ts'
import type { PresentedKey } from './presented-key.ts'
import type { Shared } from './shared.ts'
import { connectSsh, type SshConnection } from './ssh.ts'
import type { Route, SshSettings } from './ssh-settings.ts'

/** The server and ssh2 share no algorithm, or its key needs a certificate authority: the system's ssh may get in. */
export class NeedsOpenSsh extends ConnectionError {}

/** Milliseconds. Servers end a login after two minutes (LoginGraceTime). */
const limits = { handshake: 20_000, login: 30_000, person: 120_000 } as const
/** Milliseconds until a key that was refused is looked at again: it does not come right by itself. */
export const refusedWait = 15 * 60_000
/** As ssh's ServerAliveInterval and ServerAliveCountMax, where the configuration says nothing. */
const usualKeepalive = { interval: 10_000, count: 3 } as const

const identityOf = ({ hostName, port, hostKeyAlias }: SshSettings): HostIdentity => ({ hostName, port, hostKeyAlias })

const keepaliveOf = ({ serverAliveInterval, serverAliveCountMax }: SshSettings) =>
  serverAliveInterval > 0 ? { interval: serverAliveInterval * 1000, count: serverAliveCountMax } : usualKeepalive

/** Says of a login that it waits for a person, as long as it does. */
const whileAsked = async <T>(waits: Attempt['waits'], answer: Promise<T>): Promise<T> => {
  waits(clean('waits for your answer: press !'))
  try {
    return await answer
  } finally {
    waits(clean(''))
  }
}

/** The error for a host key that was refused, and when it is worth another look. */
const refusedKey = (
  judgement: Judgement & { permitted: false },
  key: PresentedKey | undefined,
  { alias, batchMode, strictHostKeyChecking }: SshSettings,
  shared: Shared,
) => {
  const decided = key === undefined ? undefined : shared.decisions.accepted(key)
  const again = decided === undefined ? { at: shared.now() + refusedWait } : { when: decided }
  if (judgement.answer === 'needs-openssh') return new NeedsOpenSsh(judgement.cause)
  const { cause } = judgement.cause
  const isUnasked = batchMode && strictHostKeyChecking === 'ask' && judgement.answer === 'unknown'
  const why = isUnasked ? `; BatchMode yes keeps both from asking: ssh -o BatchMode=no ${alias} asks` : ''
  const said = clean(`${cause}${decided === undefined ? why : '; press ! to decide'}`, 1000)
  return new ConnectionError({ ...judgement.cause, cause: said, again })
}

/**
 * Logs in to the last host of a way over a socket that `open` gives once everything is ready: nobody is contacted for whom there is no key,
 * no agent, or no permission yet. Rejects with a {@link ConnectionError}.
 */
export const loginToHost = async (
  route: Route,
  open: (signal: AbortSignal) => Promise<Duplex>,
  shared: Shared,
  signal: AbortSignal,
  waits: Attempt['waits'] = () => undefined,
): Promise<SshConnection> => {
  const { target: settings } = route
  const { keyring, logins } = shared
  const unasked = whyNobody(settings)
  const ask = unasked === undefined ? shared.ask : undefined
  // Where there is nobody anyway, the configuration is not what is to be changed.
  const silenced = shared.ask === undefined ? undefined : unasked
  const name: Clean = clean(settings.alias)
  const account = accountOf(route)
  const agent = keyring.agents.at(agentSocket(settings, keyring.environment))
  const planned = await planLogin({
    settings,
    account,
    keyring,
    history: logins.history(),
    door: ask === undefined ? 'headless' : 'person',
    unwilling: logins.unwilling(account),
  })
  const change = agent.change()
  const plan = logins.permit(account, silenced === undefined ? planned : planUnasked(planned, silenced), change)
  const files = await shared.trusted.load([...settings.userKnownHostsFiles, ...settings.globalKnownHostsFiles])
  const identity = identityOf(settings)
  const known = knownKeys(files, identity)
  const algorithms = algorithmsFor(settings, known.types)
  if (known.authority !== undefined && known.types.length === 0)
    throw new NeedsOpenSsh({
      state: 'denied',
      cause: clean(`${known.authority.file}:${known.authority.line} trusts a certificate authority for it`),
    })
  if (algorithms === undefined)
    throw new NeedsOpenSsh({ state: 'denied', cause: clean('the configuration allows no algorithm of ours') })

  let shown: PresentedKey | undefined
  let socket: Duplex | undefined
  let unlocking: { readonly path: string; readonly answer: Promise<unknown> } | undefined
  const check = checkHostKey(files, identity, settings.strictHostKeyChecking, {
    unknown(key) {
      shown = key
      if (!settings.batchMode) shared.decisions.unknown({ ...key, aliases: [name] })
    },
    fresh: shared.decisions.fresh,
    requiredRsaSize: settings.requiredRsaSize,
  })
  // A question of a login that has ended is answered in vain: it goes with it.
  const over = new AbortController()
  const withdraw = (): void => over.abort()
  signal.addEventListener('abort', withdraw, { once: true })
  const login = createLogin({
    name,
    user: settings.user,
    agent,
    unlocker: {
      ...shared.unlocker,
      unlock: async (path) => {
        const answer = shared.unlocker.unlock(path, settings.methods.prompts)
        unlocking = { path, answer }
        const result = await whileAsked(waits, answer)
        unlocking = undefined
        return result
      },
    },
    plan,
    allowed: settings.methods,
    ask: ask && ((question, until) => whileAsked(waits, ask(question, until))),
    signal: over.signal,
    giveUp: () => (over.signal.aborted ? undefined : socket?.destroy()),
  })

  try {
    socket = await open(signal)
    const connection = await connectSsh(
      {
        host: settings.alias,
        user: settings.user,
        socket,
        hostVerifier: check.verifier,
        algorithms,
        authHandler: login.authHandler,
        heard: login.heard,
        keepalive: keepaliveOf(settings),
        limits: {
          handshake: settings.connectTimeout === undefined ? limits.handshake : settings.connectTimeout * 1000,
          login: ask === undefined ? limits.login : limits.person,
        },
      },
      signal,
    )
    login.succeeded()
    logins.accepted(account, login.report())
    return connection
  } catch (error) {
    // Without a socket nobody has judged a login of ours: a bastion was not let through, or nobody is there.
    if (signal.aborted || socket === undefined) throw error
    const judgement = check.judgement()
    if (judgement?.permitted === false) throw refusedKey(judgement, shown, settings, shared)
    const reason = error instanceof ConnectionError ? error.cause : error
    // The way to it is gone: that is no answer to a login, whatever was asked.
    if (reason instanceof ConnectionError) throw error
    const report = login.report()
    const explained = explainLogin(report, reason as SshError | undefined)
    const failure = silenced === undefined ? explained : failureUnasked(explained, report, silenced, settings)
    const refusal = logins.failed(account, plan, report, failure, change)
    if (refusal !== undefined) throw refusal
    // That question is not this login's alone: it stays, and whoever needs its answer waits for it.
    if (unlocking !== undefined)
      throw new ConnectionError({
        state: 'denied',
        cause: clean(`waits for the passphrase of ${unlocking.path}: press !`),
        again: { when: unlocking.answer.then(() => undefined) },
      })
    const cause = causeOfFailure(reason, settings.alias)
    throw isNegotiationFailure(reason) ? new NeedsOpenSsh(cause, { cause: reason }) : error
  } finally {
    signal.removeEventListener('abort', withdraw)
    withdraw()
  }
}
