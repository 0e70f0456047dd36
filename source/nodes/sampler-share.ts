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
