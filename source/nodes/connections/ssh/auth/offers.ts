import { type Clean, clean } from '../../../../text/clean.ts'
import type { WhyLeftOut } from './accepted-keys.ts'
import type { AgentState } from './agent.ts'
import { isOtherWay, type OtherWay } from './failures.ts'
import { type KeyFile, keyFileName, type LockedKey, type UsableKey } from './key-files.ts'
import { type PublicKey, whyUnsupported } from './public-key.ts'

/** One key that is offered to a server. `name` is how a person knows it. */
export type Offer =
  | { readonly from: 'agent'; readonly name: Clean; readonly publicKey: PublicKey }
  | { readonly from: 'file'; readonly name: Clean; readonly publicKey: PublicKey; readonly file: UsableKey }
  | { readonly from: 'locked-file'; readonly name: Clean; readonly publicKey?: PublicKey; readonly file: LockedKey }

/** A key that is not offered, and why. `locked`: it lacks only its passphrase. */
export interface Unusable {
  readonly name: Clean
  readonly why: Clean
  readonly locked?: true
}

export interface OfferInput {
  readonly agent: AgentState
  /** In the order of the configuration's IdentityFile lines. */
  readonly files: readonly KeyFile[]
  readonly identitiesOnly: boolean
  /** Whether a person can be asked for a passphrase. */
  readonly door: 'person' | 'headless'
  /** Fingerprint of the key that this user logged in with on this host last time. */
  readonly worked?: string | undefined
  /** Fingerprints that this host refused: they come last, in this order. */
  readonly refused?: ReadonlySet<string>
  /** Fingerprints of keys that nobody signed with when a server would have taken them, and why: not offered. */
  readonly unwilling?: ReadonlyMap<string, Clean>
  /** What the configuration leaves out. */
  readonly leftOut?: WhyLeftOut
}

/**
 * `hold`: the agent is silent and nothing else would do, so the node is not contacted. `login`: the offers in their order, at
 * most {@link mostOffers}; `left` are those beyond.
 */
export type Plan =
  | { readonly kind: 'hold'; readonly cause: Clean }
  | {
      readonly kind: 'login'
      readonly offers: readonly Offer[]
      readonly left: readonly Offer[]
      readonly unusable: readonly Unusable[]
      /** Set while the agent is silent: a refusal then says nothing about the keys of the agent. */
      readonly withoutAgent?: Clean
      /** Set where ssh logs in with something else as well. */
      readonly otherWay?: OtherWay
    }

/** A server ends the connection at the sixth failure (MaxAuthTries 6), and a person may still have to answer. */
export const mostOffers = 4

export const fingerprintOfOffer = ({ publicKey }: Offer): string | undefined => publicKey?.fingerprint

const keyOf = (file: KeyFile): PublicKey | undefined => ('publicKey' in file ? file.publicKey : undefined)

const fileOffer = (file: KeyFile): readonly Offer[] => {
  const name = keyFileName(file.path)
  if (file.state === 'usable') return [{ from: 'file', name, publicKey: file.publicKey, file }]
  if (file.state !== 'encrypted') return []
  return [{ from: 'locked-file', name, file, ...(file.publicKey && { publicKey: file.publicKey }) }]
}

const agentName = (key: PublicKey): Clean => clean(key.comment || key.fingerprint)

const whyNot = (file: KeyFile, { agent, door, leftOut }: OfferInput): readonly Unusable[] => {
  const says = (why: string): readonly Unusable[] => [{ name: keyFileName(file.path), why: clean(why) }]
  const key = keyOf(file)
  const why = key && leftOut?.(key)
  if (why !== undefined) return says(why)
  if (file.state === 'unreadable' || file.state === 'unsupported') return says(file.cause)
  if (file.state === 'public-only' && agent.state !== 'silent') return says('its private key is not in the agent')
  if (file.state !== 'encrypted' || door !== 'headless') return []
  return says('it needs a passphrase: add it with ssh-add').map((one) => ({ ...one, locked: true }))
}

/** Every key once: the first that holds it stands for it. */
const once = (offers: readonly Offer[]): readonly Offer[] => {
  const seen = new Set<string>()
  return offers.filter((offer) => {
    const mark = fingerprintOfOffer(offer) ?? (offer.from === 'locked-file' ? offer.file.path : offer.name)
    return !seen.has(mark) && seen.add(mark)
  })
}

/**
 * Every key in OpenSSH's order (`pubkey_prepare` in its sshconnect2.c): the agent's keys that an IdentityFile names, in the
 * agent's order; its other keys unless IdentitiesOnly; then files whose key is not in the agent. Certificates, which come
 * before all of them there, are not for this SSH.
 */
export const openSshOrder = (input: OfferInput): readonly Offer[] => {
  const { agent, files, identitiesOnly, door, unwilling, leftOut } = input
  const named = new Set(files.flatMap((file) => keyOf(file)?.fingerprint ?? []))
  const held = agent.state === 'answers' ? agent.keys.filter(({ type }) => whyUnsupported(type) === undefined) : []
  const fromAgent = held.map((publicKey): Offer => ({ from: 'agent', name: agentName(publicKey), publicKey }))
  const isNamed = (offer: Offer): boolean => named.has(fingerprintOfOffer(offer) ?? '')
  const fromFiles = files.flatMap(fileOffer).filter(({ from }) => door === 'person' || from === 'file')
  const all = once([
    ...fromAgent.filter(isNamed),
    ...(identitiesOnly ? [] : fromAgent.filter((offer) => !isNamed(offer))),
    ...fromFiles,
  ])
  return all.filter(
    (offer) =>
      unwilling?.has(fingerprintOfOffer(offer) ?? '') !== true &&
      (offer.publicKey === undefined || leftOut?.(offer.publicKey) === undefined),
  )
}

const unusableKeys = (input: OfferInput, offers: readonly Offer[]): readonly Unusable[] => {
  const offered = new Set(offers.flatMap((offer) => fingerprintOfOffer(offer) ?? []))
  const inAgent = input.agent.state === 'answers' && !input.identitiesOnly ? input.agent.keys : []
  return [
    ...input.files
      .filter((file) => !offered.has(keyOf(file)?.fingerprint ?? ''))
      .flatMap((file) => whyNot(file, input)),
    ...inAgent.flatMap((key) => {
      const why = whyUnsupported(key.type) ?? input.leftOut?.(key)
      return why === undefined ? [] : [{ name: agentName(key), why }]
    }),
  ]
}

/** What to offer to one host: OpenSSH's order, but the key that worked first, and those that were refused last. */
export const planOffers = (input: OfferInput): Plan => {
  const { agent, worked, refused = new Set() } = input
  const all = openSshOrder(input)
  const places = new Map([...refused].map((fingerprint, index) => [fingerprint, 2 + index]))
  const rank = (offer: Offer): number => {
    const fingerprint = fingerprintOfOffer(offer)
    if (fingerprint === undefined) return 1
    return fingerprint === worked ? 0 : (places.get(fingerprint) ?? 1)
  }
  const ordered = all.toSorted((a, b) => rank(a) - rank(b))
  const unusable = unusableKeys(input, all)
  if (agent.state !== 'silent')
    return { kind: 'login', offers: ordered.slice(0, mostOffers), left: ordered.slice(mostOffers), unusable }
  // Nobody is asked for a passphrase of a key that the agent may hold, nor for an OTP because it is away.
  const ready = ordered.filter(({ from }) => from === 'file')
  const needsAgent =
    worked !== undefined && !isOtherWay(worked) && !ready.some((offer) => fingerprintOfOffer(offer) === worked)
  if (ready.length === 0 || needsAgent) return { kind: 'hold', cause: agent.cause }
  return {
    kind: 'login',
    offers: ready.slice(0, mostOffers),
    left: ready.slice(mostOffers),
    unusable,
    withoutAgent: agent.cause,
  }
}
