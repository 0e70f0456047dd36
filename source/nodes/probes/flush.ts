import type { FileTier, Probe } from '../probe.ts'
import { miss, nothingTaken, type Taken, take } from '../taken.ts'
import { type Chosen, chooseAgain, chooseDisk, type Disk, mountPoints } from './flush/device.ts'
import { wrappingDelta } from './rates.ts'

/** What a disk flushed in an interval. */
interface Growth {
  readonly seconds: number
  readonly flushes: number
  readonly milliseconds: number
}

interface FlushState {
  readonly disk: Disk | undefined
  /** The choice of the disk as long as nothing changes that it depends on. */
  readonly chosen: Chosen | undefined
  /** Growths that followed one another, newest first. */
  readonly window: readonly Growth[]
}

/** Seconds behind the mean: an idle journal commits every 5 s, so it holds two commits. */
const span = 10

const remember = (window: readonly Growth[], newest: Growth): readonly Growth[] => {
  const kept = [newest]
  let { seconds } = newest
  for (const growth of window) {
    if (seconds + growth.seconds > span + 0.5) break
    seconds += growth.seconds
    kept.push(growth)
  }
  return kept
}

const growthOf = (before: Disk | undefined, disk: Disk, seconds: number): Growth | undefined => {
  const flushes = wrappingDelta(before?.flushes ?? Number.NaN, disk.flushes)
  const milliseconds = wrappingDelta(before?.milliseconds ?? Number.NaN, disk.milliseconds)
  return seconds > 0 && flushes >= 0 && milliseconds >= 0 ? { seconds, flushes, milliseconds } : undefined
}

/**
 * The kernel adds up nanoseconds and shows whole milliseconds (block/genhd.c), so a mean of n flushes is exact to 1/n ms:
 * where the milliseconds did not move, the value is 1/n with bound -1, and never 0. No flush is a gap.
 */
const takeMean = (taken: Taken, window: readonly Growth[]): void => {
  if (window.length === 0) return take(taken, 'flush.mean', Number.NaN)
  let [seconds, flushes, milliseconds] = [0, 0, 0]
  for (const growth of window) {
    seconds += growth.seconds
    flushes += growth.flushes
    milliseconds += growth.milliseconds
  }
  const behind = { observations: flushes, window: seconds }
  if (flushes === 0) return take(taken, 'flush.mean', Number.NaN, behind)
  return milliseconds === 0
    ? take(taken, 'flush.mean', 1 / flushes, { ...behind, bound: -1 })
    : take(taken, 'flush.mean', milliseconds / flushes, behind)
}

const tier: FileTier<FlushState> = {
  kind: 'files',
  tier: 'diskstats',
  metrics: ['flush.mean'],
  start: { disk: undefined, chosen: undefined, window: [] },

  step(state, section, context) {
    const taken = nothingTaken()
    if (!section.fresh('disks')) return { state, taken }
    const chosen = chooseAgain(state.chosen, section) ?? chooseDisk(section, context.flags)
    if ('missing' in chosen) {
      miss(taken, 'flush.mean', chosen.missing, chosen.advice)
      return { state: tier.start, taken }
    }
    const { disk } = chosen
    const before = state.disk?.name === disk.name ? state.disk : undefined
    const growth = growthOf(before, disk, section.seconds('disks'))
    const window = growth === undefined ? [] : remember(state.window, growth)
    takeMean(taken, window)
    taken.details = chosen.details
    return { state: { disk, chosen, window }, taken }
  },
}

/** Mean time of a cache flush of the disk under etcd's data in the last ten seconds; only a part of an fdatasync. */
export const flushProbe: Probe = {
  name: 'flush',
  takes: {
    // Columns 19 and 20 are fields 16 and 17 of the kernel's documentation, which counts from the first figure on.
    disks: {
      kind: 'lines',
      file: '/proc/diskstats',
      every: 1,
      field: 3,
      without: ['loop', 'ram', 'zram', 'sr', 'fd'],
      fields: [1, 2, 3, 19, 20],
    },
    // 3 device numbers, 5 mount point; a dash and the filesystem's name follow after up to two optional fields.
    mounts: {
      kind: 'lines',
      file: '/proc/self/mountinfo',
      every: 60,
      field: 5,
      first: mountPoints,
      fields: [3, 5, 7, 8, 9, 10],
    },
    blocks: { kind: 'blocks', file: '/proc/diskstats', every: 60 },
  },
  tiers: [tier],
}
