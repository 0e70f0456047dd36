import { readFileSync } from 'node:fs'

/** What kntop itself opens besides its connections: terminal, timers, files that are read. */
const own = 60

/** Descriptors that a node takes in each way: a socket; or the pipes of ssh's processes. */
const perNode = { ssh: 1, openssh: 12 } as const

/** How many files this process may open: its soft limit, which Node raises to the hard one; undefined where nobody says. */
export const openFilesLimit = (limits: string): number | undefined => {
  const [, soft] = /^Max open files +(\d+|unlimited)/m.exec(limits) ?? []
  if (soft === undefined) return undefined
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft)
}

const readLimits = (): string => {
  try {
    return readFileSync('/proc/self/limits', 'utf8')
  } catch {
    // Not a Linux: the causes of failing connections will tell.
    return ''
  }
}

/** What to say where so many nodes need more files than may be open; undefined where they do not. */
export const descriptorWarning = (
  nodes: number,
  transport: keyof typeof perNode,
  limit = openFilesLimit(readLimits()),
): string | undefined => {
  const needed = own + nodes * perNode[transport]
  if (limit === undefined || limit >= needed) return undefined
  return `${nodes} hosts take about ${needed} open files, and ${limit} are allowed: some will stay lost; raise it with ulimit -n ${needed}`
}
