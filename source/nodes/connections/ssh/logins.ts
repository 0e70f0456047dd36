import { type Clean, clean } from '../../../text/clean.ts'
import { ConnectionError } from '../connection.ts'
import type { Agent } from './auth/agent.ts'
import {
  type Account,
  accountName,
  type LoginEvent,
  type LoginHistory,
  mayLogin,
  reduceLogins,
} from './auth/failures.ts'
import type { HistoryKeeper } from './auth/failures-file.ts'
import { keysOfPlan } from './auth/login-plan.ts'
import { type LoginFailure, type LoginReport, refusedKeys } from './auth/login-report.ts'
import type { Plan } from './auth/offers.ts'

type LoginPlan = Extract<Plan, { readonly kind: 'login' }>

/** What servers said to our logins, kept over restarts, and what follows from it. */
export interface Logins {
  history(): LoginHistory
  /** Keys that nobody signed with for this account, and why. */
  unwilling(account: Account): ReadonlyMap<string, Clean>
  /** The plan, if it may be carried out now; throws a {@link ConnectionError} that says when. */
  permit(account: Account, plan: Plan, agent: Agent): LoginPlan
  accepted(account: Account, report: LoginReport): void
  /** Takes note of a login that failed; gives the error to throw. `error` is the reason as the protocol has it. */
  failed(
    account: Account,
    plan: LoginPlan,
    report: LoginReport,
    failure: LoginFailure,
    agent: Agent,
  ): ConnectionError | undefined
  /** A person wants everything tried again. */
  pressed(): void
}

export interface LoginsOptions {
  readonly start: LoginHistory
  readonly keeper: HistoryKeeper | undefined
  /** Monotonic and wall milliseconds. */
  readonly now: () => number
  readonly wall: () => number
}

/** Settles when the agent says something else than it does now. */
const changed = (agent: Agent): Promise<void> =>
  new Promise((resolve) => {
    const stop = agent.onChange(() => {
      stop()
      resolve()
    })
  })

const noKeys: ReadonlyMap<string, Clean> = new Map()

export const createLogins = ({ start, keeper, now, wall }: LoginsOptions): Logins => {
  let history = start
  const unwilling = new Map<string, ReadonlyMap<string, Clean>>()

  const note = (event: LoginEvent): void => {
    const next = reduceLogins(history, event)
    if (next !== history) keeper?.keep(next)
    history = next
  }

  return {
    history: () => history,
    unwilling: (account) => unwilling.get(accountName(account)) ?? noKeys,
    permit(account, plan, agent) {
      if (plan.kind === 'hold')
        throw new ConnectionError({ state: 'backing-off', cause: plan.cause, again: { when: changed(agent) } })
      const permission = mayLogin(history, account, keysOfPlan(plan), wall())
      if (permission.may === 'login') return plan
      if (permission.may === 'press') {
        const again = plan.withoutAgent === undefined ? 'asked' : { when: changed(agent) }
        throw new ConnectionError({ state: 'backing-off', cause: permission.cause, again })
      }
      const at = now() + permission.until - wall()
      throw new ConnectionError({ state: 'denied', cause: permission.cause, again: { at } })
    },
    accepted(account, report) {
      unwilling.delete(accountName(account))
      note({ type: 'accepted', account, fingerprint: report.success?.fingerprint })
    },
    failed(account, plan, report, failure, agent) {
      if (failure.kind === 'not-authentication') return undefined
      const { state, cause } = failure.cause
      if (failure.kind === 'agent-silent') {
        // Keys of files that were refused meanwhile are no reason to go on through a fleet with them.
        const refused = refusedKeys(report)
        if (refused.length > 0)
          note({ type: 'refused', account, refused, keys: keysOfPlan(plan).all, cause, at: wall() })
        return new ConnectionError({ state, cause, again: { when: changed(agent) } })
      }
      if (failure.kind === 'person') return new ConnectionError({ state, cause, again: 'asked' })
      if (failure.kind === 'unwilling') {
        const before = unwilling.get(accountName(account)) ?? noKeys
        unwilling.set(accountName(account), new Map([...before, ...report.unwilling]))
        return new ConnectionError({ state, cause, again: { at: now() + 1000 } })
      }
      const at = wall()
      note({ type: 'refused', account, refused: refusedKeys(report), keys: keysOfPlan(plan).all, cause, at })
      const permission = mayLogin(history, account, keysOfPlan(plan), at)
      if (permission.may === 'press')
        return new ConnectionError({ state, cause: clean(`${cause}; press r to try again`), again: 'asked' })
      return new ConnectionError({
        state,
        cause,
        again: { at: permission.may === 'wait' ? now() + permission.until - at : now() + 5 * 60_000 },
      })
    },
    pressed() {
      unwilling.clear()
      note({ type: 'pressed' })
    },
  }
}
