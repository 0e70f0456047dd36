/** What it took until all pods were known. Milliseconds and megabytes. */
export interface ListCost {
  readonly pods: number
  readonly toFull: number
  readonly cpu: number
  readonly longest: number
  readonly heap: number
  /** Resident at most. */
  readonly peak: number
}

/** Bytes that live once all garbage is collected; needs --expose-gc. */
export const collect = (): number => {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

/** Milliseconds of CPU of the process. */
export const cpuSoFar = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Milliseconds of CPU of this thread. */
export const threadCpuSoFar = (): number => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** Milliseconds of its own CPU that the loop spent at most between two turns of a timer: others here must not count. */
export const createFreezes = (): { longest(): number; reset(): void } => {
  let longest = 0
  let cpu = threadCpuSoFar()
  const turn = (): void => {
    const next = threadCpuSoFar()
    longest = Math.max(longest, next - cpu)
    cpu = next
    setTimeout(turn, 1).unref()
  }
  turn()
  return {
    longest: () => longest,
    reset() {
      longest = 0
      cpu = threadCpuSoFar()
    },
  }
}
