/** CPU time in jiffies since boot: user, nice, system, idle, iowait, irq, softirq, steal (proc_stat(5)). */
export type CpuTimes = readonly number[]

/** Fields of the `cpu` line from `user` to `steal`. Guest time is left out: it stands inside user and nice already. */
export const cpuFields = [2, 3, 4, 5, 6, 7, 8, 9] as const
const [idle, iowait, softirq, steal] = [3, 4, 6, 7]

/**
 * Jiffies a second in /proc/stat: USER_HZ, which is 100 on every architecture that Kubernetes runs on, whatever HZ the kernel
 * was built with (include/asm-generic/param.h).
 */
export const jiffiesPerSecond = 100

/** Where CPU time went between two readings, in jiffies added up over CPUs. */
export interface CpuGrowth {
  all: number
  busy: number
  softirq: number
  steal: number
}

const grown = (before: CpuTimes, now: CpuTimes, index: number): number =>
  (now[index] ?? Number.NaN) - (before[index] ?? Number.NaN)

/**
 * Writes the growth between two readings; all NaN at the first, or if any time but idle and iowait went back. Those two may go
 * back a little on their own (proc_stat(5) says so of iowait), which counts as no growth. Busy is what is neither idle nor iowait.
 */
export const cpuGrowth = (before: CpuTimes, now: CpuTimes, growth: CpuGrowth): void => {
  let busy = 0
  for (let index = 0; index < cpuFields.length; index += 1) {
    const time = index === idle || index === iowait ? 0 : grown(before, now, index)
    busy = time >= 0 ? busy + time : Number.NaN
  }
  const isGap = Number.isNaN(busy)
  growth.busy = busy
  growth.all = busy + Math.max(0, grown(before, now, idle)) + Math.max(0, grown(before, now, iowait))
  growth.softirq = isGap ? Number.NaN : grown(before, now, softirq)
  growth.steal = isGap ? Number.NaN : grown(before, now, steal)
}
