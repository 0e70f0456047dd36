import type { FileTier, Probe, Section } from '../probe.ts'
import { lack, type Taken, takeOver } from '../taken.ts'
import { type Choice, type Chosen, chooseDisk, isDisk, mountPoints, readFlushes, stands } from './flush/device.ts'
import { wrappingDelta } from './rates.ts'
import { gaps, Rows } from './rows.ts'

interface State {
  /** Holds as long as nothing changes that it depends on. */
  choice: Choice | undefined
  /** The disk that was read last; empty: none. */
  name: string
  /** Flushes that it had finished, and the milliseconds spent on them. */
  readonly counted: number[]
  /** What it flushed in intervals that followed one another: seconds, flushes, milliseconds. */
  readonly window: Rows
}

/** Seconds behind the mean: an idle journal commits every 5 s, so it holds two commits. */
const span = 10

/** How many of the newest intervals lie within the span, with half a second to spare; one at least. */
const within = (window: Rows): number => {
  let count = 1
  let seconds = window.get(window.count - 1, 0)
  while (count < window.count) {
    seconds += window.get(window.count - 1 - count, 0)
    if (seconds > span + 0.5) break
    count += 1
  }
  return count
}

/** As just read; what a node had before is in its state. */
const now = gaps(2)

/** Adds what the disk has flushed since; a window does not reach over a gap. */
const addGrowth = ({ counted, window }: State, seconds: number): void => {
  const flushes = wrappingDelta(counted[0] ?? Number.NaN, now[0] ?? Number.NaN)
  const milliseconds = wrappingDelta(counted[1] ?? Number.NaN, now[1] ?? Number.NaN)
  if (!(seconds > 0 && flushes >= 0 && milliseconds >= 0)) return window.keep(0)
  const row = window.add()
  window.set(row, 0, seconds)
  window.set(row, 1, flushes)
  window.set(row, 2, milliseconds)
  window.keep(within(window))
}

/**
 * The kernel adds up nanoseconds and shows whole milliseconds (block/genhd.c), so a mean of n flushes is exact to 1/n ms:
 * where the milliseconds did not move, the value is 1/n with bound -1, and never 0. No flush is a gap.
 */
const takeMean = (taken: Taken, window: Rows): void => {
  if (window.count === 0) return takeOver(taken, 'flush.mean', Number.NaN, Number.NaN)
  let seconds = 0
  let flushes = 0
  let milliseconds = 0
  for (let row = window.count - 1; row >= 0; row -= 1) {
    seconds += window.get(row, 0)
    flushes += window.get(row, 1)
    milliseconds += window.get(row, 2)
  }
  if (flushes === 0) takeOver(taken, 'flush.mean', Number.NaN, seconds, flushes)
  else if (milliseconds === 0) takeOver(taken, 'flush.mean', 1 / flushes, seconds, flushes, -1)
  else takeOver(taken, 'flush.mean', milliseconds / flushes, seconds, flushes)
}

const forgetDisk = (state: State, name: string): void => {
  state.name = name
  state.counted.fill(Number.NaN)
  state.window.keep(0)
}

/** Reads the disk that was chosen. */
const follow = (state: State, { name, row }: Chosen, devices: readonly string[], section: Section): void => {
  if (name !== state.name) forgetDisk(state, name)
  readFlushes(section.lines('disks') ?? [], devices, row, now)
  addGrowth(state, section.seconds('disks'))
  state.counted[0] = now[0] ?? Number.NaN
  state.counted[1] = now[1] ?? Number.NaN
}

const tier: FileTier<State> = {
  kind: 'files',
  tier: 'diskstats',
  metrics: ['flush.mean'],
  begin: () => ({ choice: undefined, name: '', counted: gaps(2), window: new Rows(3) }),

  step(state, section, taken, context) {
    if (!section.fresh('disks')) return
    if (state.choice === undefined || !stands(state.choice, section)) state.choice = chooseDisk(section, context.flags)
    const { found, devices } = state.choice
    if (!isDisk(found)) {
      forgetDisk(state, '')
      return lack(taken, found)
    }
    follow(state, found, devices, section)
    takeMean(taken, state.window)
    taken.details = found.details
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
