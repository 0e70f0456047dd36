import ssh2 from 'ssh2'
import type { Agent } from '../../../../../../source/nodes/connections/ssh/auth/agent.ts'
import { openAgents } from '../../../../../../source/nodes/connections/ssh/auth/agent.ts'
import { createLogin } from '../../../../../../source/nodes/connections/ssh/auth/auth-handler.ts'
import type { AllowedMethods } from '../../../../../../source/nodes/connections/ssh/auth/authentication-settings.ts'
import { hearRefusals } from '../../../../../../source/nodes/connections/ssh/auth/heard-refusals.ts'
import { type KeyFiles, openKeyFiles } from '../../../../../../source/nodes/connections/ssh/auth/key-files.ts'
import {
  explainLogin,
  type LoginFailure,
  type LoginReport,
  type SshError,
} from '../../../../../../source/nodes/connections/ssh/auth/login-report.ts'
import type { Plan } from '../../../../../../source/nodes/connections/ssh/auth/offers.ts'
import type { AskPerson } from '../../../../../../source/nodes/connections/ssh/auth/prompts.ts'
import { createUnlocker } from '../../../../../../source/nodes/connections/ssh/auth/unlock.ts'
import { clean } from '../../../../../../source/text/clean.ts'

export const anyMethod: AllowedMethods = {
  publicKey: true,
  password: true,
  keyboardInteractive: true,
  preferred: undefined,
}

export interface Attempted {
  readonly result: 'ready' | 'failed'
  readonly report: LoginReport
  readonly failure: LoginFailure
}

/** One login over ssh2 as a connection does it: the first error ends it. */
export const attemptLogin = async (options: {
  readonly port: number
  readonly user: string
  readonly plan: Plan
  readonly agent?: Agent
  readonly keyFiles?: KeyFiles
  readonly ask?: AskPerson
  readonly allowed?: AllowedMethods
}): Promise<Attempted> => {
  const { port, user, plan, ask, allowed = anyMethod, keyFiles = openKeyFiles() } = options
  if (plan.kind !== 'login') throw new Error(`there is nothing to try: ${plan.cause}`)
  const client = new ssh2.Client()
  const forever = new AbortController()
  const login = createLogin({
    user,
    name: clean('n1'),
    plan,
    agent: options.agent ?? openAgents().at(undefined),
    unlocker: createUnlocker(keyFiles, ask, forever.signal),
    allowed,
    ask,
    signal: forever.signal,
    giveUp: () => client.destroy(),
  })
  let error: SshError | undefined
  const closed = new Promise<void>((resolve) => void client.once('close', resolve))
  const ready = new Promise<'ready' | 'failed'>((resolve) => {
    client.on('ready', () => {
      login.succeeded()
      resolve('ready')
    })
    client.once('handshake', () => hearRefusals(client, login.heard))
    client.on('error', (raised) => {
      error ??= raised
      resolve('failed')
    })
    client.on('close', () => resolve('failed'))
  })
  client.connect({ host: '127.0.0.1', port, username: user, authHandler: login.authHandler, hostVerifier: () => true })
  const result = await ready
  const report = login.report()
  client.destroy()
  await closed
  return { result, report, failure: explainLogin(report, error) }
}
