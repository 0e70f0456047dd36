import type { FileTier, Probe } from '../probe.ts'
import { feederStat } from '../sampler/bootstrap.ts'
import { type Taken, takeOver } from '../taken.ts'
import { decimalIn, wordEnd, wordStart } from './decimal.ts'
import { Rows } from './rows.ts'

/** Clock ticks a second in /proc (USER_HZ), which Linux fixes at 100 for user space (see proc(5) and sysconf(3)). */
const ticksPerSecond = 100

/** Seconds over which the cost is averaged: a sampler takes a few ticks a minute. */
const window = 60

export interface ProcessTimes {
  /** CPU seconds, user and system. */
  readonly cpu: number
  /** Seconds after boot at which it started. */
  readonly started: number
}

/** Where a field begins, so many fields behind the one at `from`. */
const behind = (line: string, from: number, fields: number): number => {
  let at = from
  for (let skipped = 0; skipped < fields; skipped += 1) at = wordStart(line, wordEnd(line, at))
  return at
}

/** Reads the one line of /proc/PID/stat; the name in parentheses may hold anything, so the fields count from its end. */
export const parseStat = (line: string): ProcessTimes | undefined => {
  const userAt = behind(line, line.lastIndexOf(')') + 2, 11)
  const systemAt = behind(line, userAt, 1)
  const startedAt = behind(line, systemAt, 7)
  const user = decimalIn(line, userAt, wordEnd(line, userAt))
  const system = decimalIn(line, systemAt, wordEnd(line, systemAt))
  const started = decimalIn(line, startedAt, wordEnd(line, startedAt))
  if (!Number.isFinite(user + system + started)) return undefined
  return { cpu: (user + system) / ticksPerSecond, started: started / ticksPerSecond }
}

const pidOf = (line: string): string => line.slice(0, line.indexOf(' '))

/** CPU seconds of awk and of what feeds it, by their stat lines; undefined without awk's own. */
export const samplerTimes = (own = '', feeder = ''): ProcessTimes | undefined => {
  const times = parseStat(own)
  const above = pidOf(feeder) === pidOf(own) ? undefined : parseStat(feeder)
  return times && { cpu: times.cpu + (above?.cpu ?? 0), started: times.started }
}

interface State {
  /** Seconds since the first reading after a gap. */
  elapsed: number
  /** Readings within the window: seconds elapsed, and CPU seconds taken by then. */
  readonly points: Rows
}
const [elapsedAt, cpuAt] = [0, 1]

/** Adds a reading to those within the window, and takes what was spent since the oldest of the others. */
const takeShare = (taken: Taken, { elapsed, points }: State, cpu: number): void => {
  while (points.count > 0 && elapsed - points.get(0, elapsedAt) > window) points.keep(points.count - 1)
  const isFirst = points.count === 0
  const span = isFirst ? Number.NaN : elapsed - points.get(0, elapsedAt)
  const growth = isFirst ? Number.NaN : cpu - points.get(0, cpuAt)
  const share = growth >= 0 && span > 0 ? (growth / span) * 100 : Number.NaN
  takeOver(taken, 'kntop.node_cpu', share, span, Math.round(span))
  const row = points.add()
  points.set(row, elapsedAt, elapsed)
  points.set(row, cpuAt, cpu)
}

const fileTier: FileTier<State> = {
  kind: 'files',
  tier: '/proc/PID/stat of the sampler and times of commands',
  scope: 'machine',
  metrics: ['kntop.node_cpu'],
  begin: () => ({ elapsed: 0, points: new Rows(2) }),
  step(state, section, taken, context) {
    if (context.flags.engine !== 'awk') return
    const times = samplerTimes(section.lines('self')?.[0], section.lines('feeder')?.[0])
    if (times === undefined) return takeOver(taken, 'kntop.node_cpu', Number.NaN, Number.NaN)
    const seconds = section.seconds('self')
    if (!(seconds > 0)) state.points.keep(0)
    state.elapsed = seconds > 0 ? state.elapsed + seconds : 0
    takeShare(taken, state, times.cpu + context.commandSeconds)
  },
}

/** What the sampler and our commands cost the node. */
export const costProbe: Probe = {
  name: 'cost',
  takes: {
    self: { kind: 'whole', file: '/proc/self/stat', every: 5 },
    feeder: { kind: 'whole', file: feederStat, every: 5 },
  },
  tiers: [fileTier],
}
