import { readdirSync, readFileSync } from 'node:fs'

/** Sends a signal to a process group, or with 0 only looks for it; says whether there is one. */
export const signalGroup = (leader: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    process.kill(-leader, signal)
    return true
  } catch (error) {
    // What may not be signalled is there: another user's by now.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** The session of a process; undefined if it has ended. */
const sessionOf = (pid: string): number | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name in parentheses may hold anything. Behind it: state, parent, group, session (proc_pid_stat(5)).
    const [state, , , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' || state === 'X' ? undefined : Number(session)
  } catch {
    // It ended while we looked.
    return undefined
  }
}

/** The processes of a session that have not ended, whatever group they moved to; none where there is no /proc. */
const membersOf = (session: number): readonly number[] => {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && sessionOf(name) === session)
      .map(Number)
  } catch {
    return []
  }
}

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone already, or another user's by now: the wait for it has an end.
  }
}

/** Milliseconds between two looks. */
const pace = 10

/** Looks again and again until nothing is there any more, at most `limit` milliseconds: what hangs in the kernel cannot be ended. */
const untilGone = async (limit: number, isThere: (waited: number) => boolean): Promise<void> => {
  for (let waited = 0; waited <= limit && isThere(waited); waited += pace)
    await new Promise((resolve) => setTimeout(resolve, pace))
}

/** Waits until a group is gone, whose leader has ended by itself, and kills it after `patience` milliseconds. */
export const awaitGroup = (leader: number, patience: number, limit: number): Promise<void> =>
  untilGone(limit, (waited) => signalGroup(leader, waited < patience ? 0 : 'SIGKILL'))

/**
 * Kills whatever is left of a session until it is gone: `timeout` moves what it runs to a group of its own. It looks at every
 * process there is, which is dear: only for what does not end by itself.
 */
export const endSession = (leader: number, limit: number): Promise<void> =>
  untilGone(limit, () => {
    const members = membersOf(leader)
    members.forEach(kill)
    return members.length > 0
  })
