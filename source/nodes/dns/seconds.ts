import type { Role } from './classify.ts'
import { rcode } from './message.ts'

/** Answers of one second or of several. */
export type Counts = { readonly [key in Role | 'nxdomain' | 'servfail']: number }

/** Answers by the second of their capture. */
export interface Seconds {
  count(second: number, role: Role, code: number): void
  /** Everything from one second to another, both included. */
  sum(from: number, to: number): Counts
  forgetBefore(second: number): void
}

// More than a window and its lateness: reached only if nobody asks for figures while packets keep coming.
const mostSeconds = 128

type Bucket = { -readonly [key in keyof Counts]: number }

const nothing = (): Bucket => ({ lookups: 0, served: 0, upstream: 0, nxdomain: 0, servfail: 0 })

/** Counts answers per second, for at most the last 128 seconds in which there were any. */
export const createSeconds = (): Seconds => {
  const buckets = new Map<number, Bucket>()

  const bucketFor = (second: number): Bucket => {
    const known = buckets.get(second)
    if (known !== undefined) return known
    if (buckets.size >= mostSeconds) buckets.delete(Math.min(...buckets.keys()))
    const bucket = nothing()
    buckets.set(second, bucket)
    return bucket
  }

  return {
    count: (second, role, code) => {
      const bucket = bucketFor(second)
      bucket[role] += 1
      if (role !== 'lookups') return
      if (code === rcode.nxdomain) bucket.nxdomain += 1
      if (code === rcode.servfail) bucket.servfail += 1
    },
    sum: (from, to) => {
      const total = nothing()
      for (const [second, bucket] of buckets) {
        if (second < from || second > to) continue
        total.lookups += bucket.lookups
        total.served += bucket.served
        total.upstream += bucket.upstream
        total.nxdomain += bucket.nxdomain
        total.servfail += bucket.servfail
      }
      return total
    },
    forgetBefore: (second) => {
      for (const known of buckets.keys()) if (known < second) buckets.delete(known)
    },
  }
}
