/** What one tier has gathered, as it is left to the next session of its node. */
export interface Slot {
  left?: { readonly state: unknown; readonly more: number }
}

/** The state that a tier begins with, by what the session before left. */
export const carried = <State>(
  tier: { readonly start: State; carry?(state: State): State },
  left: Slot['left'],
): State => (left === undefined || tier.carry === undefined ? tier.start : tier.carry(left.state as State))

/**
 * What tiers have gathered over all sessions of a node. A session ends with its sampler or its connection; a percentile's
 * five minutes of observations need not end with it. They hold as long as the node has not booted: then counters begin anew,
 * and behind the name may stand another machine.
 */
export interface TierMemory {
  /** A session begins on this boot of the node, by its boot_id; empty where it tells none: nothing is carried on. */
  begin(boot: string): void
  /** By the tier's place, such as `etcd 0`. */
  slot(place: string): Slot
}

export const createTierMemory = (): TierMemory => {
  let known = ''
  let slots = new Map<string, Slot>()
  return {
    begin(boot) {
      // What an earlier session still writes goes where nobody looks.
      if (boot === '' || boot !== known) slots = new Map()
      else slots = new Map([...slots].map(([place, { left }]) => [place, left === undefined ? {} : { left }]))
      known = boot
    },
    slot(place) {
      const found = slots.get(place) ?? {}
      slots.set(place, found)
      return found
    },
  }
}
