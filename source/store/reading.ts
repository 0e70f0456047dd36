import { type Absence, isAbsent, type Missing, type Scope, type Source } from '../events/origin.ts'
import { type Band, bands } from '../metrics/metric.ts'
import { type Clean, clean } from '../text/clean.ts'
import { column, figureAt } from './figures.ts'
import type { NodeData } from './node-state.ts'
import { type Now, wallOf } from './now.ts'
import { isEnding, type Rule } from './rules.ts'
import { staleAfter } from './staleness.ts'

/** A figure with everything that has to be known to trust it. `stale`: too old, or its node is not watched now. */
export interface Figure {
  readonly kind: 'live' | 'stale'
  readonly value: number
  /** Seconds since the sample was taken. */
  readonly age: number
  readonly tier: Clean
  readonly scope: Scope
  /** With scope `node`: how many network namespaces were read, of how many. */
  readonly namespaces?: { readonly read: number; readonly of: number }
  /** How many observations stand behind it; for a share, its denominator. */
  readonly observations?: number
  /** Seconds that it covers. */
  readonly window?: number
  /** The true value lies below, or above, what the histogram can tell. */
  readonly bound?: 'below' | 'above'
  /** Of a stale figure: the band it was in. */
  readonly band: Band
  /** The value is past the line at which its band ends; `peak`: the worst since it crosses, NaN where it does not. */
  readonly ending?: { readonly peak: number }
  /** Why it stands in no band whatever its value: nobody judges it, or a share of too few raises none. */
  readonly unjudged?: 'not judged' | 'too few'
  /** Since when it is in that band or a worse one, wall ms. Not there while the band is `ok`. */
  readonly since?: number
}

/** A metric of a node as it stands: a figure, or why there is none. */
export type Reading = Figure | ({ readonly kind: 'missing' } & Absence)

const unstated = clean('unstated')
const waiting = clean('waiting for the first reading')
const gap = clean('no reading in the last interval')

/** Whether the node is being watched now. A node whose link was never spoken of is. */
export const isWatched = (data: NodeData): boolean => data.link === undefined || data.link.state === 'live'

const missing = (missing: Missing, advice: Clean): Reading => ({ kind: 'missing', missing, advice })

/** Whether somebody tells of a metric of a node now: the API server by its own word, all else over the link. */
const isTold = (data: NodeData, { metric }: Rule): boolean => metric.through === 'api' || isWatched(data)

/** Nothing was read: because of the link, if it is that which is not live. */
const nothingRead = (data: NodeData, rule: Rule, advice: Clean): Reading => {
  const { link } = data
  if (link === undefined || isTold(data, rule)) return missing('no-data', advice)
  if (link.state === 'denied' || link.state === 'not-asked') return missing(link.state, link.cause)
  const lost = link.state === 'no-data' ? false : data.down
  return missing(lost ? 'lost' : 'no-data', link.cause)
}

/** The way in which it is taken, and how often where that is not as usual. */
const tierOf = (source: Source | undefined): Clean => {
  if (source === undefined) return unstated
  return source.every === undefined ? source.tier : clean(`${source.tier}, every ${source.every} s to spare the node`)
}

/** Whether what is counted beside it says that not all of it is seen. */
const isLeast = ({ figures, origins }: NodeData, { leastBeside }: Rule, source: Source | undefined): boolean => {
  if (leastBeside < 0 || source?.scope !== 'node') return false
  const beside = origins[leastBeside]
  return beside !== undefined && !isAbsent(beside) && figureAt(figures, column.current, leastBeside) === 1
}

/** How a metric of a node stands at a time. */
export const readingOf = (data: NodeData, position: number, rule: Rule, now: Now): Reading => {
  const { figures } = data
  const origin = data.origins[position]
  if (origin !== undefined && isAbsent(origin)) {
    return origin.missing === 'no-data' ? nothingRead(data, rule, origin.advice) : { kind: 'missing', ...origin }
  }
  if (figureAt(figures, column.current, position) !== 1) return nothingRead(data, rule, waiting)
  const value = figureAt(figures, column.value, position)
  const observations = figureAt(figures, column.observations, position)
  if (Number.isNaN(value)) {
    const { denominator } = rule.metric
    const empty = denominator !== undefined && observations === 0
    return nothingRead(data, rule, empty ? clean(`no ${denominator.of} in the last interval`) : gap)
  }
  const since = figureAt(figures, column.since, position)
  const window = figureAt(figures, column.window, position)
  const bound = isLeast(data, rule, origin) ? 1 : figureAt(figures, column.bound, position)
  return {
    kind: isLive(data, position, rule, now) ? 'live' : 'stale',
    value,
    age: ageOf(data, position, now),
    tier: tierOf(origin),
    scope: origin?.scope ?? 'host',
    ...(origin?.namespaces === undefined ? {} : { namespaces: origin.namespaces }),
    ...(Number.isNaN(observations) ? {} : { observations }),
    ...(Number.isNaN(window) ? {} : { window }),
    ...(bound === 0 ? {} : { bound: bound < 0 ? 'below' : 'above' }),
    band: bandOf(data, position),
    ...(isEnding(rule, bandOf(data, position), value)
      ? { ending: { peak: figureAt(figures, column.peak, position) } }
      : {}),
    ...unjudgedOf(rule, origin, observations, since),
    ...(Number.isNaN(since) ? {} : { since: wallOf(now, since) }),
  }
}

/** A band that was raised is judged, whatever came since. */
const unjudgedOf = (
  rule: Rule,
  origin: Source | undefined,
  observations: number,
  since: number,
): Pick<Figure, 'unjudged'> => {
  if (!rule.judged || origin?.unjudged === true) return { unjudged: 'not judged' }
  return Number.isNaN(since) && rule.least > 0 && !(observations >= rule.least) ? { unjudged: 'too few' } : {}
}

const ageOf = (data: NodeData, position: number, now: Now): number =>
  Math.max(0, now.at - figureAt(data.figures, column.at, position)) / 1000

const bandOf = (data: NodeData, position: number): Band => bands[figureAt(data.figures, column.band, position)] ?? 'ok'

/** Whether a figure, if there is one, is of now. Our own lateness is not held against it. */
export const isLive = (data: NodeData, position: number, rule: Rule, now: Now): boolean =>
  isTold(data, rule) &&
  figureAt(data.figures, column.current, position) === 1 &&
  ageOf(data, position, now) <= staleAfter(data, position, rule.shape.period) + now.late / 1000
