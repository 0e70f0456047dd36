import type { NodeName } from '../events/subject.ts'
import type { MetricId } from '../metrics/catalogue.ts'
import { type Band, bands, severity } from '../metrics/metric.ts'
import { column, figureAt } from './figures.ts'
import type { NodeData } from './node-state.ts'
import { type Now, wallOf } from './now.ts'
import { isLive } from './reading.ts'
import { isEnding, type Rule } from './rules.ts'

/** A metric that stands in band warning or critical now. */
export interface Crossing {
  readonly node: NodeName
  readonly metric: MetricId
  readonly value: number
  /** The worst value since it crosses. */
  readonly peak: number
  readonly band: Band
  /** Since when it is in that band or a worse one, wall ms. */
  readonly since: number
  /** The value is past the line at which the band ends, and ends it if it stays there. */
  readonly ending?: true
}

const least = severity('warning')

/** Where a crossing stands, and what decides its place among others. */
interface Mark {
  readonly data: NodeData
  readonly position: number
  readonly band: number
  readonly since: number
}

const eachMark = (nodes: Iterable<NodeData>, rules: readonly Rule[], now: Now, visit: (mark: Mark) => void): void => {
  for (const data of nodes) {
    for (let position = 0; position < rules.length; position++) {
      const band = figureAt(data.figures, column.band, position)
      const rule = rules[position]
      if (band < least || rule === undefined || !isLive(data, position, rule, now)) continue
      visit({ data, position, band, since: wallOf(now, figureAt(data.figures, column.since, position)) })
    }
  }
}

const crossingAt =
  (rules: readonly Rule[]) =>
  ({ data, position, band, since }: Mark): readonly Crossing[] => {
    const rule = rules[position]
    if (rule === undefined) return []
    const value = figureAt(data.figures, column.value, position)
    return [
      {
        node: data.name,
        metric: rule.metric.id,
        value,
        peak: figureAt(data.figures, column.peak, position),
        band: bands[band] ?? 'ok',
        since,
        ...(isEnding(rule, bands[band] ?? 'ok', value) ? { ending: true } : {}),
      },
    ]
  }

const byPlace = (one: Mark, other: Mark): number => other.band - one.band || one.since - other.since

/** The crossings of these nodes, worst first, then oldest. A stale figure crosses nothing. */
export const crossingsOf = (nodes: Iterable<NodeData>, rules: readonly Rule[], now: Now): readonly Crossing[] => {
  const marks: Mark[] = []
  eachMark(nodes, rules, now, (mark) => marks.push(mark))
  return marks.sort(byPlace).flatMap(crossingAt(rules))
}

/** The first of many, and how many there are in all. */
export interface FirstCrossings {
  readonly first: readonly Crossing[]
  readonly total: number
}

/** The first `most` of {@link crossingsOf}, without putting all of them in order: a header shows six of nine thousand. */
export const firstCrossingsOf = (
  nodes: Iterable<NodeData>,
  rules: readonly Rule[],
  now: Now,
  most: number,
): FirstCrossings => {
  const marks: Mark[] = []
  let total = 0
  eachMark(nodes, rules, now, (mark) => {
    total += 1
    const last = marks[most - 1]
    if (most === 0 || (last !== undefined && byPlace(last, mark) <= 0)) return
    // Behind its equals: those came first.
    const place = marks.findIndex((other) => byPlace(other, mark) > 0)
    marks.splice(place < 0 ? marks.length : place, 0, mark)
    if (marks.length > most) marks.pop()
  })
  return { first: marks.flatMap(crossingAt(rules)), total }
}

/** The worst band of a node's live figures; `critical` for a node that was lost, refused or silent. */
export const worstOf = (data: NodeData, rules: readonly Rule[], now: Now): Band => {
  if (data.down) return 'critical'
  let worst = 0
  for (let position = 0; position < rules.length; position++) {
    const band = figureAt(data.figures, column.band, position)
    const rule = rules[position]
    if (band > worst && rule !== undefined && isLive(data, position, rule, now)) worst = band
  }
  return bands[worst] ?? 'ok'
}
