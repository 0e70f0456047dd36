import { clean } from '../../../text/clean.ts'
import { ConnectionError } from '../connection.ts'
import { LoginRefused } from '../openssh/master.ts'
import type { OpenSshConnection } from '../openssh/openssh.ts'
import { accountOf } from './account.ts'
import { agentSocket } from './auth/authentication-settings.ts'
import { keysOfPlan, planLogin } from './auth/login-plan.ts'
import type { LoginFailure, LoginReport } from './auth/login-report.ts'
import type { Plan } from './auth/offers.ts'
import { refusedWait } from './host-login.ts'
import { logsInOtherwise } from './needs-openssh.ts'
import { whyNobody } from './nobody-asked.ts'
import type { Shared } from './shared.ts'
import type { Route, SshSettings } from './ssh-settings.ts'

type LoginPlan = Extract<Plan, { readonly kind: 'login' }>

/** What the system's ssh will do: it offers all that there is, and has ways of its own. */
const itsPlan = (plan: Plan, settings: SshSettings): Plan => {
  const hasOthers = logsInOtherwise(settings)
  if (plan.kind === 'hold' && !hasOthers) return plan
  const all: LoginPlan =
    plan.kind === 'login'
      ? { ...plan, offers: [...plan.offers, ...plan.left], left: [] }
      : { kind: 'login', offers: [], left: [], unusable: [], withoutAgent: plan.cause }
  if (!hasOthers) return all
  return { ...all, otherWay: all.withoutAgent === undefined ? 'otherwise' : 'otherwise-without-agent' }
}

/** Of its login nothing is known but whether it was let in. */
const reportOf = ({ offers, unusable }: LoginPlan, { user }: SshSettings): LoginReport => ({
  user: clean(user),
  tried: offers.map(({ name, publicKey }) => ({
    method: 'publickey',
    name,
    fingerprint: publicKey?.fingerprint,
    outcome: 'refused',
  })),
  left: [],
  unusable,
  unwilling: new Map(),
  byPerson: false,
  asking: false,
})

const failureOf = (plan: LoginPlan, settings: SshSettings, { reason, refused }: LoginRefused): LoginFailure => {
  // The keys of the agent were never judged.
  if (plan.withoutAgent !== undefined)
    return { kind: 'agent-silent', cause: { state: 'backing-off', cause: plan.withoutAgent } }
  const isKeyless = plan.offers.length === 0 && plan.otherWay === undefined
  const kind = isKeyless ? 'keyless' : 'refused'
  const locked = plan.unusable.find((key) => key.locked === true)
  if (locked === undefined || refused.helps !== 'key')
    return { kind, cause: reason, takesNoKey: refused.helps === 'no-key' }
  // To ssh it looks as if there were no key: it may ask nobody for a passphrase, and does not say that it would have to.
  const other = whyNobody(settings) === undefined ? ', or use --transport ssh, which asks for it' : ''
  const advice = `the key ${locked.name} has a passphrase: ssh-add it${other}`
  return { kind, cause: { ...reason, cause: clean(`${refused.said}; ${advice}`, 500) }, heard: refused.said }
}

/**
 * Logs in by the system's ssh, by the rules that hold for our own logins: nobody is contacted while the agent that is needed
 * does not answer, and who refused us is left alone for as long. `connect` is told whether ssh may ask the agent: it would
 * wait for one that is frozen. Rejects with a {@link ConnectionError}.
 */
export const loginBySystem = async (
  route: Route,
  connect: (mayAskAgent: boolean) => Promise<OpenSshConnection>,
  { keyring, logins, now }: Pick<Shared, 'keyring' | 'logins' | 'now'>,
): Promise<OpenSshConnection> => {
  const { target: settings } = route
  const account = accountOf(route)
  const agent = keyring.agents.at(agentSocket(settings, keyring.environment))
  const planned = await planLogin({ settings, account, keyring, history: logins.history(), door: 'headless' })
  const change = agent.change()
  const plan = logins.permit(account, itsPlan(planned, settings), change)
  const report = reportOf(plan, settings)
  try {
    const connection = await connect(plan.withoutAgent === undefined)
    const { offered } = keysOfPlan(plan)
    // Where there is nothing else, that is what worked.
    const fingerprint = offered.length === 1 ? plan.otherWay : undefined
    logins.accepted(account, { ...report, success: { fingerprint } }, offered)
    return connection
  } catch (error) {
    if (error instanceof LoginRefused)
      throw logins.failed(account, plan, report, failureOf(plan, settings, error), change) ?? error
    if (!(error instanceof ConnectionError) || error.reason.state !== 'denied' || error.reason.again !== undefined)
      throw error
    // A host key, or the configuration: it does not come right by itself.
    throw new ConnectionError({ ...error.reason, again: { at: now() + refusedWait } }, { cause: error })
  }
}
