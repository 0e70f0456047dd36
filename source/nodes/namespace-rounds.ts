import type { OtherNamespaces } from './other-namespaces.ts'
import type { NamespaceKey } from './sampler/take.ts'

/** What one tick reads of other namespaces. */
export interface NamespaceTick {
  /** Another number stands for another list. */
  readonly version: number
  /** All that are to be read in turn, from the next one on. */
  list(): readonly NamespaceKey[]
  /** How many of them are read now. */
  readonly count: number
}

/** Seconds in which every namespace is read once, where the node's budget allows it. */
export const usualRound = 5

/**
 * Seconds for each namespace: at first, and at the least, so that a tick never reads more than 25 of them: 25 take some 2 ms, and
 * a frame must not wait for more.
 */
const [firstPace, leastPace] = [0.045, 0.04]
/**
 * And at the most: reading 3.7 of them a second takes 0.03 % of a core. What a sampler is over its budget by is not theirs then:
 * to read them less often yet would hide them and spare nothing.
 */
const mostPace = 0.27
const mostAtOnce = 1 / leastPace

/** Share of a core, in percent, above which a sampler reads namespaces less often, and below which it does so more often again: what is left of its budget is for commands. */
const [tooMuch, little] = [0.18, 0.14]

/**
 * What a sampler takes for all else, in percent, at least: what is above is taken for the namespaces'. Where that is too much for
 * them, the next half minute shows it.
 */
const rest = 0.08

/** Deals the reading of a node's namespaces out over ticks, and stretches it. */
export interface NamespaceRounds {
  know(others: OtherNamespaces): void
  /** What the next tick reads; `all`: everything. Undefined before anything was known. */
  next(all: boolean): NamespaceTick | undefined
  /** Seconds in which each is read once. */
  every(): number
  /** `share`: of a core in percent, that the sampler took lately. */
  adapt(share: number): void
}

/** A list from one place on, and what stands before it behind. */
const turned = (list: readonly NamespaceKey[], from: number): readonly NamespaceKey[] => [
  ...list.slice(from),
  ...list.slice(0, from),
]

export const createNamespaceRounds = (): NamespaceRounds => {
  let order: readonly NamespaceKey[] = []
  let version = 0
  /** Place in `order` of the one that is read next. */
  let at = 0
  /** So many of the next ones were never read: until then they add nothing. */
  let fresh = 0
  let owed = 0
  let pace = firstPace

  const every = (): number => Math.max(usualRound, order.length * pace)

  return {
    know(others) {
      const keys = others.kind === 'known' ? others.keys : []
      const wanted = new Set(keys)
      const rest = turned(order, at)
      const unread = new Set(rest.slice(0, fresh))
      const stay = rest.filter((key) => wanted.has(key))
      const known = new Set(stay)
      const added = keys.filter((key) => !known.has(key))
      if (version > 0 && added.length === 0 && stay.length === order.length) return
      fresh = added.length + stay.filter((key) => unread.has(key)).length
      order = [...added, ...stay]
      at = 0
      version += 1
    },
    next(all) {
      if (version === 0) return undefined
      const [list, from] = [order, at]
      owed += order.length / every()
      const due = Math.floor(owed)
      owed -= due
      const count = all ? order.length : Math.min(order.length, Math.max(due, Math.min(fresh, mostAtOnce)))
      fresh = Math.max(0, fresh - count)
      if (order.length > 0) at = (at + count) % order.length
      return { version, list: () => turned(list, from), count }
    },
    every,
    adapt(share) {
      if (share > tooMuch) pace *= (share - rest) / (tooMuch - rest)
      else if (share < little) pace = Math.max(leastPace, pace / 1.2)
      pace = Math.min(pace, mostPace)
    },
  }
}
