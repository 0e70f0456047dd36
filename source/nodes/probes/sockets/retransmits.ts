import type { ListedGroup } from './listing.ts'

/** What is remembered of sockets, to tell what they have sent again since. */
export interface Known {
  /** Inodes of the sockets that were there, sorted. */
  readonly inodes: Uint32Array
  /** Those of them that had sent anything again, and how often. */
  readonly again: ReadonlyMap<number, number>
}

export const nothingKnown: Known = { inodes: new Uint32Array(), again: new Map() }

/**
 * Of sockets that were not read this time nothing is kept: what they have sent again until they are read once more belongs to a
 * longer time than a reading does.
 */
export const knownAfter = (groups: readonly ListedGroup[]): Known => {
  const inodes = new Uint32Array(groups.reduce((sum, group) => sum + group.inodes.length, 0))
  const again = new Map<number, number>()
  let at = 0
  for (const group of groups) {
    inodes.set(group.inodes, at)
    at += group.inodes.length
    group.again.forEach((times, index) => {
      if (times > 0) again.set(group.inodes[index] ?? 0, times)
    })
  }
  return { inodes: inodes.sort(), again }
}

const isThere = (sorted: Uint32Array, wanted: number): boolean => {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) < wanted) low = middle + 1
    else high = middle
  }
  return sorted[low] === wanted
}

/**
 * Segments that the sockets of a group have sent again since they were known. The kernel counts from a socket's beginning: one
 * seen for the first time says nothing of the time since the last reading, nor does one without an inode.
 */
export const sentAgain = (before: Known, { inodes, again }: ListedGroup): number => {
  let sum = 0
  again.forEach((times, index) => {
    const inode = inodes[index] ?? 0
    if (times > 0 && inode > 0 && isThere(before.inodes, inode))
      sum += Math.max(0, times - (before.again.get(inode) ?? 0))
  })
  return sum
}
