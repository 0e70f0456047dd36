import { readdirSync, readFileSync } from 'node:fs'

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

const numbersIn = (folder: string): readonly number[] => {
  try {
    return readdirSync(folder)
      .map(Number)
      .filter((pid) => pid > 0)
  } catch {
    return []
  }
}

/** The processes of a process group. */
export const groupOf = (leader: number): readonly number[] =>
  numbersIn('/proc').filter((pid) => Number(textOf(`/proc/${pid}/stat`).split(') ')[1]?.split(' ')[2]) === leader)

/** CPU milliseconds of all threads of these processes so far, to the nanosecond: sched-stats.rst of the kernel. */
export const cpuOf = (pids: readonly number[]): number =>
  pids
    .flatMap((pid) => numbersIn(`/proc/${pid}/task`).map((thread) => textOf(`/proc/${pid}/task/${thread}/schedstat`)))
    .reduce((sum, text) => sum + (Number(text.split(' ')[0]) || 0) / 1e6, 0)

/** Milliseconds that the first thread of a process was ready to run and had no CPU, so far. */
export const waitedFor = (pid: number): number =>
  Number(textOf(`/proc/${pid}/task/${pid}/schedstat`).split(' ')[1]) / 1e6

/** Resident bytes, and the share of them that is not also another process's (proc_pid_smaps_rollup(5)). */
export const memoryOf = (pids: readonly number[]): { readonly rss: number; readonly pss: number } => {
  const sum = (key: string): number =>
    pids.reduce((total, pid) => {
      const found = new RegExp(`^${key}: *(\\d+) kB`, 'm').exec(textOf(`/proc/${pid}/smaps_rollup`))
      return total + 1024 * Number(found?.[1] ?? 0)
    }, 0)
  return { rss: sum('Rss'), pss: sum('Pss') }
}
