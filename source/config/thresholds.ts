import * as z from 'zod/mini'
import { catalogue, isMetricId, type MetricId, metricOf } from '../metrics/catalogue.ts'
import { type Level, type LevelName, type Levels, levelNames } from '../metrics/metric.ts'
import { didYouMean } from '../text/nearest.ts'
import { quoted } from './values.ts'

/** Levels that stand in place of the catalogue's, per metric. */
export type Thresholds = Readonly<Partial<Record<MetricId, Levels>>>

const number = z.optional(z.number('write a number'))
const seconds = z.optional(z.number('write a number of seconds').check(z.minimum(0, 'seconds are not negative')))

const levelParts = { raise: number, clear: number, hold: seconds, linger: seconds }
/** What may be written of a level. */
export const levelKeys = Object.keys(levelParts)

const level = z
  .strictObject(levelParts, 'write raise, clear, hold and linger')
  .check(z.refine((changed) => Object.keys(changed).length > 0, 'write at least one of raise, clear, hold and linger'))

const levels = z.strictObject(
  { note: z.optional(level), warning: z.optional(level), critical: z.optional(level) },
  'write note, warning or critical, and their levels',
)

const metricIds = catalogue.map(({ id }) => id)

/** The `thresholds` part of the file. Only what is written there; {@link mergeThresholds} fills in the rest. */
export const thresholdsSchema = z.record(
  z.string().check(
    z.refine((id: string): boolean => isMetricId(id), {
      error: ({ input }) => `${quoted(input)} is no metric${didYouMean(String(input), metricIds)}`,
    }),
  ),
  levels,
  'write metrics and their levels, such as conntrack.fill: {warning: {raise: 70}}',
)

/** What the file says of one level, and where it says so. */
export interface LevelChange {
  readonly raise?: number | undefined
  readonly clear?: number | undefined
  readonly hold?: number | undefined
  readonly linger?: number | undefined
  /** File and line. */
  readonly place: string
}

export type LevelChanges = Readonly<Partial<Record<LevelName, LevelChange>>>

export type ThresholdChanges = ReadonlyMap<MetricId, LevelChanges>

/** A level that cannot be meant so. */
export interface ThresholdProblem {
  readonly place: string
  readonly message: string
}

// For a level that the catalogue does not have; most of its own have these.
const usual = { hold: 5, linger: 30 } as const

/** How one line must not stand to another, by the direction in which a metric is bad, and what is right instead. */
const orders = {
  higher: { beyond: 'above', most: 'at most', isBeyond: (line: number, other: number) => line > other },
  lower: { beyond: 'below', most: 'at least', isBeyond: (line: number, other: number) => line < other },
} as const

const problemWith = (id: MetricId, { raise, clear }: Level): string | undefined => {
  const { worse, scale } = metricOf(id)
  if (worse === 'neither') return 'this metric has no bad direction, so it has no levels'
  const { beyond, most, isBeyond } = orders[worse]
  if (isBeyond(clear, raise))
    return `clear (${clear}) is ${beyond} raise (${raise}), but ${worse} is worse: write a clear of ${most} ${raise}`
  const outside = [raise, clear].find((line) => scale !== undefined && (line < scale.min || line > scale.max))
  return outside === undefined ? undefined : `${outside} is not within ${scale?.min} to ${scale?.max}`
}

/**
 * What is wrong where a milder band is entered only past a worse one. `changes`: those that were just laid over. A note of
 * others is left aside: whoever wants to be warned earlier need not know that there is one.
 */
const disorderIn = (id: MetricId, levels: Levels, changes: LevelChanges): ThresholdProblem | undefined => {
  const { worse } = metricOf(id)
  if (worse === 'neither') return undefined
  const { beyond, most, isBeyond } = orders[worse]
  const present = levelNames.flatMap((name) => {
    const raise = levels[name]?.raise
    const place = changes[name]?.place
    return raise === undefined || (name === 'note' && place === undefined) ? [] : [{ name, raise, place }]
  })
  for (const [index, severe] of present.entries()) {
    const mild = present[index - 1]
    const culprit = [mild, severe].find((level) => level?.place !== undefined)
    if (mild === undefined || culprit?.place === undefined || !isBeyond(mild.raise, severe.raise)) continue
    const words = `raise of ${mild.name} (${mild.raise}) is ${beyond} that of ${severe.name} (${severe.raise})`
    const advice = `write a raise of ${most} ${severe.raise} for ${mild.name}, or another one for ${severe.name}`
    const message = `thresholds.${id}.${culprit.name}: ${words}, but ${worse} is worse: ${advice}`
    return { place: culprit.place, message }
  }
  return undefined
}

const changed = (before: Level | undefined, change: LevelChange): Level | string => {
  const { raise = before?.raise, clear = before?.clear, hold = before?.hold, linger = before?.linger } = change
  if (raise === undefined || clear === undefined) return 'kntop has no such level here: write both raise and clear'
  return { raise, clear, hold: hold ?? usual.hold, linger: linger ?? usual.linger, origin: `set in ${change.place}` }
}

/**
 * The catalogue's levels with changes laid over them, the later ones last. Only metrics that were changed are in the
 * result; their other levels stay. Or what is wrong with the first change that cannot be meant so.
 */
export const mergeThresholds = (
  layers: readonly ThresholdChanges[],
): { readonly thresholds: Thresholds; readonly problem?: ThresholdProblem } => {
  const merged = new Map<MetricId, Levels>()
  for (const [id, changes] of layers.flatMap((layer) => [...layer])) {
    for (const name of levelNames) {
      const change = changes[name]
      if (change === undefined) continue
      const before = merged.get(id) ?? metricOf(id).levels
      const level = changed(before[name], change)
      const problem = typeof level === 'string' ? level : problemWith(id, level)
      if (typeof level === 'string' || problem !== undefined) {
        const message = `thresholds.${id}.${name}: ${problem}`
        return { thresholds: {}, problem: { place: change.place, message } }
      }
      merged.set(id, { ...before, [name]: level })
    }
    const problem = disorderIn(id, merged.get(id) ?? {}, changes)
    if (problem !== undefined) return { thresholds: {}, problem }
  }
  return { thresholds: Object.fromEntries(merged) }
}
