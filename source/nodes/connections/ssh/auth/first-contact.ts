/** What the logins of a fleet have come to. */
export interface LoginsSoFar {
  /** Servers that let us in. */
  readonly accepted: number
  /** Servers that refused us since one last let us in. */
  readonly refusedInARow: number
  /** Servers that were never asked, because they could not be reached. */
  readonly unreached: number
}

export const noLogins: LoginsSoFar = { accepted: 0, refusedInARow: 0, unreached: 0 }

/** `unreached`: nobody judged a key; that says nothing of the next. */
export type LoginResult = 'accepted' | 'refused' | 'unreached'

export const afterLogin = (so: LoginsSoFar, result: LoginResult): LoginsSoFar => {
  if (result === 'accepted') return { ...so, accepted: so.accepted + 1, refusedInARow: 0 }
  if (result === 'refused') return { ...so, refusedInARow: so.refusedInARow + 1 }
  return { ...so, unreached: so.unreached + 1 }
}

const first = 1
const second = 4
const all = 32

/**
 * How many logins of one user may be under way at a time: one node first, then 4, then 32, so that a wrong key or user is
 * known before a fleet has blocked our address. After a refusal one again, until somebody lets us in. Nodes that cannot be
 * reached cost only time: each lets one more be tried beside it, up to 4.
 */
export const loginsAtATime = ({ accepted, refusedInARow, unreached }: LoginsSoFar): number => {
  if (refusedInARow > 0) return first
  if (accepted === 0) return Math.min(second, first + unreached)
  return accepted < first + second ? second : all
}
