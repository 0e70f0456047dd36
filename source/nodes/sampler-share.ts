import { samplerTimes } from './probes/cost.ts'
import { feederStat } from './sampler/bootstrap.ts'
import type { Held } from './sampler/held.ts'

/** Taken for a sampler that cannot tell: one fork a tick, as measured for `head` with dash (docs/performance.md). */
const unknownShare = 0.15

/** Tells the sampler's own share of a core in percent, over its whole life so far, from the takes of its stat files. */
export const samplerShare = (held: readonly (Held | undefined)[], engine: string): (() => number) => {
  // Looked for once: it is asked every few seconds, of every node.
  const own = held.find((one) => one?.take.file === '/proc/self/stat')
  const feeder = held.find((one) => one?.take.file === feederStat)
  return () => {
    const times = samplerTimes(own?.lines[0], feeder?.lines[0])
    if (engine !== 'awk' || own === undefined || times === undefined) return unknownShare
    const life = own.reads.at - times.started
    return life > 1 ? (times.cpu / life) * 100 : 0
  }
}

/** Seconds over which a share of late is taken: the kernel counts in hundredths of a second. */
const lately = 30

/** Tells the sampler's share of a core in percent over each half minute, once; undefined while none has passed. */
export const recentShare = (held: readonly (Held | undefined)[]): (() => number | undefined) => {
  const own = held.find((one) => one?.take.file === '/proc/self/stat')
  const feeder = held.find((one) => one?.take.file === feederStat)
  let from: { readonly at: number; readonly cpu: number } | undefined
  return () => {
    const cpu = samplerTimes(own?.lines[0], feeder?.lines[0])?.cpu
    const at = own?.reads.at ?? Number.NaN
    if (cpu === undefined || Number.isNaN(at)) return undefined
    const before = from
    // A sampler that took another's place counts from 0.
    if (before === undefined || cpu < before.cpu || at < before.at) from = { at, cpu }
    if (before === undefined || at - before.at < lately || cpu < before.cpu) return undefined
    from = { at, cpu }
    return ((cpu - before.cpu) / (at - before.at)) * 100
  }
}
