/** Seconds within which the same answer counts once, and as much as an answer may arrive out of order. */
export const horizon = 2

export type DuplicateLimits = {
  /** Bytes of keys kept in one of the two generations (default 4 MiB; a key weighs its length and 64). */
  readonly bytes?: number
}

export type Duplicates = {
  /** Whether no answer counted within `horizon` seconds of `at` had this key; if so, this one is the counted one. */
  first(key: string, at: number): boolean
  /** How many keys had to be forgotten before their time since the last call: each may let one answer count twice. */
  forgotten(): number
}

const overhead = 64

/**
 * Remembers which answers were counted, in two generations so that forgetting is one assignment and memory is bounded
 * under any load. Exact for answers that arrive at most `horizon` seconds behind the newest one: a generation ends when
 * the newest answer is two horizons past its beginning (one for lateness, one for the comparison), and at that time the
 * generation before it holds nothing that could still match.
 */
export const createDuplicates = (limits: DuplicateLimits = {}): Duplicates => {
  const most = limits.bytes ?? 4 * 1024 * 1024
  let current = new Map<string, number>()
  let previous = new Map<string, number>()
  let began = Number.NEGATIVE_INFINITY
  let newest = Number.NEGATIVE_INFINITY
  let bytes = 0
  let lost = 0

  const turn = (): void => {
    if (newest - began <= 2 * horizon) lost += previous.size
    previous = current
    current = new Map()
    bytes = 0
    began = newest
  }

  const first = (key: string, at: number): boolean => {
    newest = Math.max(newest, at)
    if (newest - began > 2 * horizon || bytes > most) turn()
    // The latest counted time is enough: an answer that could match an earlier one would be too late to be taken.
    const counted = current.get(key) ?? previous.get(key)
    if (counted !== undefined && Math.abs(at - counted) <= horizon) return false
    bytes += key.length + overhead
    current.set(key, at)
    return true
  }

  const forgotten = (): number => {
    const count = lost
    lost = 0
    return count
  }

  return { first, forgotten }
}
