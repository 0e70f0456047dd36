/** CPU time in jiffies since boot: user, nice, system, idle, iowait, irq, softirq, steal (proc_stat(5)). */
export type CpuTimes = readonly number[]

/** Fields of the `cpu` line from `user` to `steal`. Guest time is left out: it stands inside user and nice already. */
export const cpuFields = [2, 3, 4, 5, 6, 7, 8, 9] as const

/**
 * Jiffies a second in /proc/stat: USER_HZ, which is 100 on every architecture that Kubernetes runs on, whatever HZ the kernel
 * was built with (include/asm-generic/param.h).
 */
export const jiffiesPerSecond = 100

/** Where CPU time went between two readings, in jiffies added up over CPUs. */
export interface CpuGrowth {
  readonly all: number
  readonly busy: number
  readonly softirq: number
  readonly steal: number
}

const gap: CpuGrowth = { all: Number.NaN, busy: Number.NaN, softirq: Number.NaN, steal: Number.NaN }

/**
 * The growth between two readings; all NaN at the first, or if any time but idle and iowait went back. Those two may go back
 * a little on their own (proc_stat(5) says so of iowait), which counts as no growth. Busy is what is neither idle nor iowait.
 */
export const cpuGrowth = (before: CpuTimes, now: CpuTimes): CpuGrowth => {
  const grown = (index: number): number => (now[index] ?? Number.NaN) - (before[index] ?? Number.NaN)
  const [user, nice, system] = [grown(0), grown(1), grown(2)]
  const [irq, softirq, steal] = [grown(5), grown(6), grown(7)]
  if (!(user >= 0 && nice >= 0 && system >= 0 && irq >= 0 && softirq >= 0 && steal >= 0)) return gap
  const busy = user + nice + system + irq + softirq + steal
  return { all: busy + Math.max(0, grown(3)) + Math.max(0, grown(4)), busy, softirq, steal }
}
