import type { Snapshot } from '../store/snapshot.ts'

/** What follows from a snapshot alone, worked out once for each: several keys may be pressed between two of them. */
export const perSnapshot = <Value extends object>(
  make: (snapshot: Snapshot) => Value,
): ((snapshot: Snapshot) => Value) => {
  const known = new WeakMap<Snapshot, Value>()
  return (snapshot) => {
    const before = known.get(snapshot)
    if (before !== undefined) return before
    const value = make(snapshot)
    known.set(snapshot, value)
    return value
  }
}
