import { type Clean, clean, joinClean } from '../../../../text/clean.ts'

/** Who wants in where: the name of the machine, and the way to it where it is not contacted directly. */
export interface Account {
  readonly host: string
  readonly user: string
}

/** Logins refused by one host in a row, until one succeeds or a person presses a key. */
export interface HostFailures {
  /** 0: it was asked without a key. */
  readonly count: number
  /** Wall time of the last, in milliseconds. */
  readonly at: number
  /** Fingerprints of all keys that there were then, offered or not. */
  readonly keys: readonly string[]
  /** Fingerprints that it refused, the last refused last. They are offered in this order, after all others. */
  readonly refused: readonly string[]
  readonly cause: Clean
  /** It takes no key, whichever. */
  readonly takesNoKey: boolean
}

/** Equal refusals in a row by hosts of one kind. It ends by itself: not everybody has somebody who presses a key. */
export interface Streak {
  /** The last of these hosts, each once. */
  readonly hosts: readonly Clean[]
  /** Wall time of the last refusal, in milliseconds. */
  readonly at: number
}

/** Plain data, so that it is kept over restarts: a program that is restarted must not knock again. */
export interface LoginHistory {
  /** By {@link accountName}. */
  readonly hosts: Readonly<Record<string, HostFailures>>
  /** By user, fingerprint (or {@link OtherWay}, or `no-key`) and whether the hosts had taken that key before. */
  readonly streaks: Readonly<Record<string, Streak>>
  /** The key that worked last, by {@link accountName}. */
  readonly worked: Readonly<Record<string, string>>
}

/**
 * What the system's ssh can log in with besides keys as ssh2 has them stands beside their fingerprints as if it were one more:
 * nothing is known of it but whether a host let it in. While the agent is silent it is another, as ssh is not to ask it then.
 */
export type OtherWay = 'otherwise' | 'otherwise-without-agent'

/** A fingerprint begins with the name of its hash. */
export const isOtherWay = (key: string): boolean => key === 'otherwise' || key === 'otherwise-without-agent'

export const noHistory: LoginHistory = { hosts: {}, streaks: {}, worked: {} }

export type LoginEvent =
  | {
      readonly type: 'refused'
      readonly account: Account
      /** Fingerprints that the server refused; empty: only a person's answers. */
      readonly refused: readonly string[]
      /** Those that it took no look at, because it takes no key: they need not be offered to it either. */
      readonly passedOver?: readonly string[]
      /** All that could have been offered, refused ones too. */
      readonly keys: readonly string[]
      readonly cause: Clean
      readonly at: number
    }
  | {
      readonly type: 'accepted'
      readonly account: Account
      /** Of the key that worked, where it was one and is known. */
      readonly fingerprint?: string | undefined
      /** All that may have been it. */
      readonly offered?: readonly string[]
    }
  /** There was no key to offer: nobody has judged one. It counts only so that not all of a fleet is asked in vain. */
  | {
      readonly type: 'keyless'
      readonly account: Account
      readonly cause: Clean
      readonly takesNoKey?: boolean
      readonly at: number
    }
  /** A person wants everything tried again, or one account. */
  | { readonly type: 'pressed'; readonly account?: Account }

/**
 * Whether a login may be tried now; `until` is the wall time at which it may. `wait`: this host refused one at `since`, wall
 * time as well, or (`keyless`) was asked without a key. `stopped`: others refused the same.
 */
export type Permission =
  | { readonly may: 'login' }
  | {
      readonly may: 'wait'
      readonly until: number
      readonly since: number
      readonly keyless: boolean
      readonly takesNoKey: boolean
      readonly cause: Clean
    }
  | { readonly may: 'stopped'; readonly until: number; readonly cause: Clean }

const minute = 60_000
/** Fingerprints that are kept for one host: more than anybody has. */
const mostRefused = 100
const waits = [5 * minute, 15 * minute, 60 * minute] as const

/** Different hosts that refuse the same, after which the rest of a fleet is left alone. */
const mostEqual = 3
/**
 * Keys that have to be refused so before the rest is left alone, however many more there are: no more than ssh itself gets to
 * offer, since sshd hangs up at the sixth failure (MaxAuthTries 6). With four offers in a login these are six failed logins,
 * three for the first four keys and three for the rest; each judges one key at least, so never more than 18.
 */
const mostJudged = 6
/** Milliseconds after its last refusal at which a streak ends: as long as one host is left alone at most. */
const streakLasts = 60 * minute

// A clock that was set back would make it last for as much longer.
const endOf = ({ at }: Streak, now: number): number => Math.min(at, now) + streakLasts

/** A space cannot stand in the name of a user. */
export const accountName = ({ host, user }: Account): string => `${user} ${host}`

const without = <T>(all: Readonly<Record<string, T>>, drop: (name: string) => boolean): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(all).filter(([name]) => !drop(name)))

// A host that once took a key is no witness against it elsewhere, nor the other way round: hosts that lost a key must not
// stop those that never had trouble, while a key that was taken off everywhere is noticed as well.
const streakName = (history: LoginHistory, account: Account, fingerprint: string): string => {
  const before = history.worked[accountName(account)] === fingerprint ? 'known' : 'new'
  return `${account.user} ${fingerprint} ${before}`
}

const subjects = (fingerprints: readonly string[]): readonly string[] =>
  fingerprints.length === 0 ? ['no-key'] : fingerprints

/** The streaks with one more refusal of these keys. The same host again makes none longer. */
const longer = (
  history: LoginHistory,
  account: Account,
  refused: readonly string[],
  at: number,
): LoginHistory['streaks'] => {
  const streaks = subjects(refused).map((fingerprint): readonly [string, Streak] => {
    const streak = streakName(history, account, fingerprint)
    const before = history.streaks[streak]
    const hosts = before === undefined || endOf(before, at) <= at ? [] : before.hosts
    return [streak, { at, hosts: [...new Set([...hosts, clean(account.host)])].slice(-mostEqual) }]
  })
  return { ...history.streaks, ...Object.fromEntries(streaks) }
}

const refuse = (history: LoginHistory, event: Extract<LoginEvent, { readonly type: 'refused' }>): LoginHistory => {
  const { account, refused, passedOver = [], keys, cause, at } = event
  const name = accountName(account)
  const before = history.hosts[name]
  const vain = [...new Set([...refused, ...passedOver])]
  const earlier = (before?.refused ?? []).filter((key) => !vain.includes(key))
  const ever = [...earlier, ...vain].slice(-mostRefused)
  const failures = { count: (before?.count ?? 0) + 1, at, keys, refused: ever, cause, takesNoKey: false }
  return {
    ...history,
    hosts: { ...history.hosts, [name]: failures },
    streaks: longer(history, account, refused, at),
  }
}

const withoutKey = (
  history: LoginHistory,
  { account, cause, takesNoKey = false, at }: Extract<LoginEvent, { readonly type: 'keyless' }>,
): LoginHistory => {
  const name = accountName(account)
  const before = history.hosts[name] ?? { count: 0, keys: [], refused: [] }
  return {
    ...history,
    hosts: { ...history.hosts, [name]: { ...before, at, cause, takesNoKey } },
    streaks: longer(history, account, [], at),
  }
}

const accept = (
  history: LoginHistory,
  { account, fingerprint, offered = [] }: Extract<LoginEvent, { readonly type: 'accepted' }>,
): LoginHistory => {
  const name = accountName(account)
  const marks = [fingerprint ?? 'no-key', ...offered].map((subject) => `${account.user} ${subject} `)
  const isOfThese = (streak: string): boolean => marks.some((mark) => streak.startsWith(mark))
  const isKnown = fingerprint === undefined || history.worked[name] === fingerprint
  const isClear = !Object.keys(history.streaks).some(isOfThese)
  // A reconnect as usual is nothing to be written down.
  if (isKnown && isClear && !Object.hasOwn(history.hosts, name)) return history
  return {
    hosts: without(history.hosts, (host) => host === name),
    streaks: without(history.streaks, isOfThese),
    worked: fingerprint === undefined ? history.worked : { ...history.worked, [name]: fingerprint },
  }
}

/** Nobody is left alone any more; what was refused is still offered last. */
const press = (history: LoginHistory, account: Account | undefined): LoginHistory => ({
  ...history,
  streaks: {},
  hosts: Object.fromEntries(
    Object.entries(history.hosts).flatMap(([name, failures]) => {
      if (account !== undefined && name !== accountName(account)) return [[name, failures]]
      return failures.refused.length === 0 ? [] : [[name, { ...failures, count: 0, at: 0, keys: [] }]]
    }),
  ),
})

export const reduceLogins = (history: LoginHistory, event: LoginEvent): LoginHistory => {
  switch (event.type) {
    case 'refused':
      return refuse(history, event)
    case 'keyless':
      return withoutKey(history, event)
    case 'accepted':
      return accept(history, event)
    case 'pressed':
      return press(history, event.account)
  }
}

const hostWait = (failures: HostFailures | undefined, keys: readonly string[], now: number): Permission | undefined => {
  if (failures === undefined) return undefined
  // A key that it has not refused deserves its own answer.
  if (keys.some((key) => !failures.refused.includes(key))) return undefined
  return timeOf(failures, now)
}

const timeOf = (failures: HostFailures, now: number): Permission | undefined => {
  const wait = waits[Math.min(failures.count, waits.length) - 1] ?? waits[0]
  // A clock that was set back would make it wait for as much longer.
  const until = Math.min(failures.at, now) + wait
  const { at, cause, keys: were, takesNoKey } = failures
  return until <= now ? undefined : { may: 'wait', until, since: at, keyless: were.length === 0, takesNoKey, cause }
}

/** The streak of this key, if it stops others. */
const fullStreak = (history: LoginHistory, account: Account, key: string, now: number): Streak | undefined => {
  const streak = history.streaks[streakName(history, account, key)]
  return streak !== undefined && streak.hosts.length >= mostEqual && endOf(streak, now) > now ? streak : undefined
}

const whatWasRefused = ({ user }: Account, keys: readonly string[]): string => {
  if (keys.length === 0) return `${user} without a key: add one with ssh-add`
  if (keys.every(isOtherWay)) return `the security key, Kerberos, PKCS#11 or hostbased login of ${user}`
  return `${keys.length === 1 ? 'this key' : 'these keys'} for ${user}`
}

const stoppedBy = (
  history: LoginHistory,
  account: Account,
  keys: readonly string[],
  now: number,
): Permission | undefined => {
  const judged = subjects(keys).slice(0, mostJudged)
  const streaks = judged.flatMap((key) => fullStreak(history, account, key, now) ?? [])
  const [streak] = streaks
  if (streak === undefined || streaks.length < judged.length) return undefined
  const hosts = [...new Set(streaks.flatMap((each) => each.hosts))]
  const named = `${joinClean(hosts.slice(0, mostEqual), ', ')}${hosts.length > mostEqual ? ' and others' : ''}`
  const until = Math.min(...streaks.map((each) => endOf(each, now)))
  return { may: 'stopped', until, cause: clean(`not tried: ${named} refused ${whatWasRefused(account, keys)}`) }
}

/** Of these keys, those that enough other hosts have refused: a host is asked with what nobody has judged first. */
export const refusedByOthers = (
  history: LoginHistory,
  account: Account,
  keys: readonly string[],
  now: number,
): ReadonlySet<string> => new Set(keys.filter((key) => fullStreak(history, account, key, now) !== undefined))

/** Of these keys, while a host is left alone, those that it refused: they are not to be offered until then. */
export const restingKeys = (
  history: LoginHistory,
  account: Account,
  keys: readonly string[],
  now: number,
): ReadonlySet<string> => {
  const failures = history.hosts[accountName(account)]
  const isLeftAlone = failures !== undefined && timeOf(failures, now) !== undefined
  return new Set(isLeftAlone ? keys.filter((key) => failures.refused.includes(key)) : [])
}

/** Whether this account may be tried now. `keys` are all that there are, those that do not fit into one login too. */
export const mayLogin = (history: LoginHistory, account: Account, keys: readonly string[], now: number): Permission =>
  stoppedBy(history, account, keys, now) ?? hostWait(history.hosts[accountName(account)], keys, now) ?? { may: 'login' }
