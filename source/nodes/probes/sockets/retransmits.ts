import type { ListedGroup } from './listing.ts'

/** What is remembered of sockets, to tell what they have sent again since. */
export interface Known {
  /** Inodes of the sockets that were there, sorted. */
  readonly inodes: Uint32Array
  /** Those of them that had sent anything again, and how often. */
  readonly again: ReadonlyMap<number, number>
}

export const nothingKnown: Known = { inodes: new Uint32Array(), again: new Map() }

/** The most sockets that are remembered beyond those of the last reading. */
const mostKept = 40_000

/** `partly`: some namespaces were not read, and what is known of their sockets stays. */
export const knownAfter = (before: Known, groups: readonly ListedGroup[], partly: boolean): Known => {
  const count = groups.reduce((sum, { inodes }) => sum + inodes.length, 0)
  const keeps = partly && before.inodes.length + count <= mostKept
  const inodes = new Uint32Array(count + (keeps ? before.inodes.length : 0))
  const again = new Map(keeps ? before.again : [])
  let at = 0
  for (const group of groups) {
    inodes.set(group.inodes, at)
    at += group.inodes.length
    group.again.forEach((times, index) => {
      const inode = group.inodes[index] ?? 0
      if (times > 0) again.set(inode, times)
      else if (keeps) again.delete(inode)
    })
  }
  if (keeps) inodes.set(before.inodes, at)
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
