import { type Clean, clean } from '../../../text/clean.ts'
import { ConnectionError, type Occasion } from '../connection.ts'
import {
  type Account,
  accountName,
  type LoginEvent,
  type LoginHistory,
  mayLogin,
  type Permission,
  reduceLogins,
  refusedByOthers,
  restingKeys,
} from './auth/failures.ts'
import { failuresFileName, type HistoryKeeper } from './auth/failures-file.ts'
import { keysOfPlan, withKeysLast, withoutKeys } from './auth/login-plan.ts'
import { keylessAdvice, type LoginFailure, type LoginReport, refusedKeys, unusableText } from './auth/login-report.ts'
import type { Plan } from './auth/offers.ts'

type LoginPlan = Extract<Plan, { readonly kind: 'login' }>

/** What servers said to our logins, kept over restarts, and what follows from it. */
export interface Logins {
  history(): LoginHistory
  /** Keys that nobody signed with for this account, and why. */
  unwilling(account: Account): ReadonlyMap<string, Clean>
  /**
   * The plan, if it may be carried out now; throws a {@link ConnectionError} that says when. `change`: that of the agent
   * since the plan was made; other keys of it deserve an answer of their own.
   */
  permit(account: Account, plan: Plan, change: Occasion): LoginPlan
  /** `offered`: where it is not known which key it was, all that may have been it. */
  accepted(account: Account, report: LoginReport, offered?: readonly string[]): void
  /** Takes note of a login that failed; gives the error to throw. `error` is the reason as the protocol has it. */
  failed(
    account: Account,
    plan: LoginPlan,
    report: LoginReport,
    failure: LoginFailure,
    change: Occasion,
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
  /** Whether somebody is there who could press a key. */
  readonly door: 'person' | 'headless'
}

const minute = 60_000

const clockOf = (wall: number): string => `${new Date(wall).toISOString().slice(11, 16)} (UTC)`

/** Where a person looks who wants it sooner and has no key to press. */
const keptIn = `kept in ${failuresFileName} of the state folder`

/** Keys that it makes no sense to offer again: a server that takes none would take none of the plan. */
const passedOver = (plan: LoginPlan, report: LoginReport): readonly string[] =>
  report.methods?.includes('publickey') === false ? keysOfPlan(plan).offered : []

const refusedOf = ({ otherWay }: LoginPlan, report: LoginReport): readonly string[] => [
  ...(otherWay === undefined ? [] : [otherWay]),
  ...refusedKeys(report),
]

const noKeys: ReadonlyMap<string, Clean> = new Map()

export const createLogins = ({ start, keeper, now, wall, door }: LoginsOptions): Logins => {
  let history = start
  const unwilling = new Map<string, ReadonlyMap<string, Clean>>()

  const note = (event: LoginEvent): void => {
    const next = reduceLogins(history, event)
    if (next !== history) keeper?.keep(next)
    history = next
  }

  const adviceUntil = (until: number): string =>
    door === 'person'
      ? `press r to try again, or wait until ${clockOf(until)}`
      : `tried again at ${clockOf(until)}, ${keptIn}`

  /** What the server said to an earlier login, and what this one lacks itself: nobody was asked now. */
  const remembered = (permission: Extract<Permission, { readonly may: 'wait' }>, plan: LoginPlan): Clean => {
    const { until, since, keyless, takesNoKey, cause } = permission
    const what = keyless ? 'asked without a key' : 'refused'
    const again = `again in ${Math.ceil((until - wall()) / minute)} min`
    const kept = door === 'person' ? '' : `, ${keptIn}`
    const lacking = keyless ? keylessAdvice : unusableText
    const advice = takesNoKey ? '' : lacking(plan.unusable)
    return clean(`not tried: ${what} at ${clockOf(since)}, ${again}${kept}: ${cause}${advice}`)
  }

  return {
    history: () => history,
    unwilling: (account) => unwilling.get(accountName(account)) ?? noKeys,
    permit(account, plan, change) {
      if (plan.kind === 'hold')
        throw new ConnectionError({ state: 'backing-off', cause: plan.cause, again: { on: change } })
      // A key that was refused is left alone, and no other with it.
      const rested = withoutKeys(plan, restingKeys(history, account, keysOfPlan(plan).all, wall()))
      const { all } = keysOfPlan(rested)
      const permission = mayLogin(history, account, all, wall())
      // Others' refusals are no answer of this host: it is shown those keys as well, where there is room.
      if (permission.may === 'login') return withKeysLast(rested, refusedByOthers(history, account, all, wall()))
      const again = { at: now() + permission.until - wall(), sooner: change }
      if (permission.may === 'wait')
        throw new ConnectionError({ state: 'denied', cause: remembered(permission, plan), again })
      const cause = clean(`${permission.cause}; ${adviceUntil(permission.until)}`)
      throw new ConnectionError({ state: 'backing-off', cause, again })
    },
    accepted(account, report, offered = []) {
      unwilling.delete(accountName(account))
      note({ type: 'accepted', account, fingerprint: report.success?.fingerprint, offered })
    },
    failed(account, plan, report, failure, change) {
      if (failure.kind === 'not-authentication') return undefined
      const { state, cause } = failure.cause
      if (failure.kind === 'agent-silent') {
        // Keys of files that were refused meanwhile are no reason to go on through a fleet with them.
        const refused = refusedOf(plan, report)
        if (refused.length > 0)
          note({ type: 'refused', account, refused, keys: keysOfPlan(plan).all, cause, at: wall() })
        return new ConnectionError({ state, cause, again: { on: change } })
      }
      if (failure.kind === 'person') return new ConnectionError({ state, cause, again: 'asked' })
      if (failure.kind === 'unwilling') {
        const before = unwilling.get(accountName(account)) ?? noKeys
        unwilling.set(accountName(account), new Map([...before, ...report.unwilling]))
        return new ConnectionError({ state, cause, again: { at: now() + 1000 } })
      }
      const at = wall()
      const kept = failure.heard ?? cause
      const { takesNoKey = false } = failure
      if (failure.kind === 'keyless') note({ type: 'keyless', account, cause: kept, takesNoKey, at })
      else
        note({
          type: 'refused',
          account,
          refused: refusedOf(plan, report),
          passedOver: passedOver(plan, report),
          keys: keysOfPlan(plan).all,
          cause: kept,
          at,
        })
      const permission = mayLogin(history, account, keysOfPlan(plan).all, at)
      const wait = permission.may === 'login' ? 5 * minute : permission.until - at
      const said = permission.may === 'stopped' ? clean(`${cause}; ${adviceUntil(permission.until)}`) : cause
      return new ConnectionError({ state, cause: said, again: { at: now() + wait, sooner: change } })
    },
    pressed() {
      unwilling.clear()
      note({ type: 'pressed' })
    },
  }
}
