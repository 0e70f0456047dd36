/** Bytes that a node may send on one channel within one second. */
const limit = 4 * 1024 * 1024

/** Whether a node sent too much, by the reason for which something ended. Its connection is not used any further. */
export const isFlood = (why: string): boolean => why.startsWith('floods: ')

/** Counts bytes a second; true once there were too many. */
export const floodGuard = (): ((bytes: number) => boolean) => {
  let second = 0
  let sum = 0
  return (bytes) => {
    const now = Math.floor(performance.now() / 1000)
    if (now !== second) sum = 0
    second = now
    sum += bytes
    return sum > limit
  }
}
