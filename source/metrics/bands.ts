import { type Band, type Level, type LevelName, levelNames, type Metric } from './metric.ts'

/** The levels to judge by; as `Levels`, and one that is undefined is not there. */
export type GivenLevels = { readonly [Name in LevelName]?: Level | undefined }

/** One level's memory: since when it is entered, and since when the value stands past the line that would change that. */
interface Latch {
  readonly since: number | undefined
  readonly past: number | undefined
}

/** A metric's band with what hysteresis has to remember. Times are seconds on the clock that `judge` is given. */
export interface BandState {
  readonly band: Band
  /** Since when the value has been in this band or a worse one; undefined while the band is `ok`. */
  readonly since: number | undefined
  readonly note: Latch
  readonly warning: Latch
  readonly critical: Latch
}

const idle: Latch = { since: undefined, past: undefined }

/** Nothing raised and nothing about to be: the state to start from. */
export const calm: BandState = {
  band: 'ok',
  since: undefined,
  note: idle,
  warning: idle,
  critical: idle,
}

// Seconds made from milliseconds are not exact: three of them may add up to a little less than 3.
const tolerance = 1e-6

const step = (
  latch: Latch,
  level: Level | undefined,
  value: number,
  at: number,
  higher: boolean,
  mayRaise: boolean,
  covers: number,
): Latch => {
  if (level === undefined) return idle
  const entered = latch.since !== undefined
  const line = entered ? level.clear : level.raise
  const beyond = higher ? value >= line : value <= line
  const turning = entered ? !beyond : beyond && mayRaise
  if (!turning) return latch.past === undefined ? latch : entered ? { since: latch.since, past: undefined } : idle
  const past = latch.past ?? at
  const wait = entered ? level.linger : level.hold
  const lasts = entered || !(covers > at - past) ? at - past : covers
  if (lasts < wait - tolerance) return latch.past === undefined ? { since: latch.since, past } : latch
  return entered ? idle : { since: at, past: undefined }
}

const isBeyond = (level: Level | undefined, value: number, higher: boolean): boolean =>
  level !== undefined && (higher ? value >= level.raise : value <= level.raise)

const isBeyondAny = (levels: GivenLevels, value: number, higher: boolean): boolean =>
  isBeyond(levels.note, value, higher) ||
  isBeyond(levels.warning, value, higher) ||
  isBeyond(levels.critical, value, higher)

/**
 * The band after one more value. Each level is entered and left by itself, as {@link Level} says, and the worst level
 * entered is the band: a worse run of values never ends in a better band.
 *
 * `at` is in seconds and never runs back. `mayRaise`: whether this value may enter a level (a share with too few
 * observations may not); it may always leave one. `lapsed`: whether the last value is too long ago to say anything of
 * this one; hysteresis then begins anew. `covers`: seconds that the value speaks for, NaN where it is a moment's: one that
 * speaks for as long as a level holds raises it at once. A value of NaN leaves the state as it is, unless it has lapsed. Where nothing
 * changes the result is the same object, and where nothing is raised nor about to be it is {@link calm}.
 */
export const judge = (
  state: BandState,
  value: number,
  at: number,
  levels: GivenLevels,
  worse: Metric['worse'],
  mayRaise = true,
  lapsed = false,
  covers = Number.NaN,
): BandState => {
  if (worse === 'neither') return calm
  const before = lapsed ? calm : state
  if (Number.isNaN(value)) return before
  const higher = worse === 'higher'
  // Nearly always, of nearly every figure.
  if (before === calm && !isBeyondAny(levels, value, higher)) return calm
  const note = step(before.note, levels.note, value, at, higher, mayRaise, covers)
  const warning = step(before.warning, levels.warning, value, at, higher, mayRaise, covers)
  const critical = step(before.critical, levels.critical, value, at, higher, mayRaise, covers)
  if (note === before.note && warning === before.warning && critical === before.critical) return before
  if (note === idle && warning === idle && critical === idle) return calm
  if (critical.since !== undefined) return { band: 'critical', since: critical.since, note, warning, critical }
  if (warning.since !== undefined) return { band: 'warning', since: warning.since, note, warning, critical }
  return { band: note.since === undefined ? 'ok' : 'note', since: note.since, note, warning, critical }
}

/** The band that a value would enter if it stayed, where higher is worse: of a moment, with no hysteresis. */
export const bandAt = (levels: GivenLevels, value: number): Band =>
  levelNames.findLast((name) => value >= (levels[name]?.raise ?? Number.POSITIVE_INFINITY)) ?? 'ok'
