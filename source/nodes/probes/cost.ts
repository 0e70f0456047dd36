import type { FileTier, Probe, Section } from '../probe.ts'
import { feederStat } from '../sampler/bootstrap.ts'
import { nothingTaken, take } from '../taken.ts'
import { decimalIn, wordEnd, wordStart } from './decimal.ts'

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

/** Reads the one line of /proc/PID/stat; the name in parentheses may hold anything, so the fields count from its end. */
export const parseStat = (line: string): ProcessTimes | undefined => {
  let from = line.lastIndexOf(')') + 2
  const skip = (fields: number): void => {
    for (let skipped = 0; skipped < fields; skipped += 1) from = wordStart(line, wordEnd(line, from))
  }
  skip(11)
  const user = decimalIn(line, from, wordEnd(line, from))
  skip(1)
  const system = decimalIn(line, from, wordEnd(line, from))
  skip(7)
  const started = decimalIn(line, from, wordEnd(line, from))
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

interface Point {
  readonly elapsed: number
  readonly cpu: number
}

interface State {
  readonly elapsed: number
  readonly points: readonly Point[]
}

const step = (
  state: State,
  section: Section,
  commandSeconds: number,
): { state: State; share: number; seconds: number } => {
  const times = samplerTimes(section.lines('self')?.[0], section.lines('feeder')?.[0])
  const seconds = section.seconds('self')
  if (times === undefined) return { state, share: Number.NaN, seconds: Number.NaN }
  const continued = seconds > 0
  const elapsed = continued ? state.elapsed + seconds : 0
  const point = { elapsed, cpu: times.cpu + commandSeconds }
  const kept = continued ? state.points.filter((one) => elapsed - one.elapsed <= window) : []
  const first = kept[0]
  const span = first === undefined ? Number.NaN : elapsed - first.elapsed
  const growth = first === undefined ? Number.NaN : point.cpu - first.cpu
  return {
    state: { elapsed, points: [...kept, point] },
    share: growth >= 0 && span > 0 ? (growth / span) * 100 : Number.NaN,
    seconds: span,
  }
}

const fileTier: FileTier<State> = {
  kind: 'files',
  tier: '/proc/PID/stat of the sampler and times of commands',
  scope: 'machine',
  metrics: ['kntop.node_cpu'],
  start: { elapsed: 0, points: [] },
  step(state, section, context) {
    const taken = nothingTaken()
    if (context.flags.engine !== 'awk') return { state, taken }
    const next = step(state, section, context.commandSeconds)
    take(taken, 'kntop.node_cpu', next.share, { observations: Math.round(next.seconds), window: next.seconds })
    return { state: next.state, taken }
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
