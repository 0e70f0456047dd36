import type { Clean } from '../../../../text/clean.ts'
import { leftOut } from './accepted-keys.ts'
import type { Agents } from './agent.ts'
import { type AuthenticationSettings, agentSocket, allows } from './authentication-settings.ts'
import { type Account, accountName, type LoginHistory } from './failures.ts'
import type { KeyFiles } from './key-files.ts'
import { fingerprintOfOffer, mostOffers, type Offer, type OfferInput, type Plan, planOffers } from './offers.ts'

/** What is shared by all logins. */
export interface Keyring {
  readonly agents: Agents
  readonly keyFiles: KeyFiles
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Asks the agent and reads the key files, and says what to offer. To be called before the host is contacted. */
export const planLogin = async (options: {
  readonly settings: AuthenticationSettings
  readonly account: Account
  readonly keyring: Keyring
  readonly history: LoginHistory
  readonly door: OfferInput['door']
  readonly unwilling?: ReadonlyMap<string, Clean>
}): Promise<Plan> => {
  const { settings, account, keyring, history, door, unwilling = new Map() } = options
  if (!allows(settings.methods, 'publickey')) return { kind: 'login', offers: [], left: [], unusable: [] }
  const [agent, files] = await Promise.all([
    keyring.agents.at(agentSocket(settings, keyring.environment)).ask(),
    Promise.all(settings.identityFiles.map((path) => keyring.keyFiles.read(path))),
  ])
  const name = accountName(account)
  return planOffers({
    agent,
    files,
    identitiesOnly: settings.identitiesOnly,
    door,
    worked: history.worked[name],
    refused: new Set(history.hosts[name]?.refused),
    unwilling,
    leftOut: leftOut(settings),
  })
}

type LoginPlan = Extract<Plan, { readonly kind: 'login' }>

/** The keys of a plan by fingerprint, with what else ssh logs in with, for `mayLogin` and for what is counted. */
export const keysOfPlan = (
  plan: LoginPlan,
): { readonly offered: readonly string[]; readonly all: readonly string[] } => {
  const otherWays = plan.otherWay === undefined ? [] : [plan.otherWay]
  const offered = [...otherWays, ...plan.offers.flatMap((offer) => fingerprintOfOffer(offer) ?? [])]
  return { offered, all: [...offered, ...plan.left.flatMap((offer) => fingerprintOfOffer(offer) ?? [])] }
}

/** The same plan without offers of these keys; it is left as it is where nothing else would be offered. */
export const withoutKeys = (plan: LoginPlan, keys: ReadonlySet<string>): LoginPlan => {
  const others = [...plan.offers, ...plan.left].filter((offer) => {
    const fingerprint = fingerprintOfOffer(offer)
    return fingerprint !== undefined && !keys.has(fingerprint)
  })
  if (keys.size === 0 || others.length === 0) return plan
  return { ...plan, offers: others.slice(0, mostOffers), left: others.slice(mostOffers) }
}

/** The same plan with these keys behind all others, and as many offers. */
export const withKeysLast = (plan: LoginPlan, keys: ReadonlySet<string>): LoginPlan => {
  if (keys.size === 0) return plan
  const isLast = (offer: Offer): boolean => keys.has(fingerprintOfOffer(offer) ?? '')
  const ordered = [...plan.offers, ...plan.left].toSorted((a, b) => Number(isLast(a)) - Number(isLast(b)))
  const count = plan.offers.length
  return { ...plan, offers: ordered.slice(0, count), left: ordered.slice(count) }
}
