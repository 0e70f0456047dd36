import type { NodeName } from '../events/subject.ts'
import type { MetricId } from '../metrics/catalogue.ts'
import { type Band, bands, severity } from '../metrics/metric.ts'
import { changing, changingAt, lasting, lastingAt } from './figures.ts'
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

/** The crossings of these nodes, worst first, then oldest. A stale figure crosses nothing. */
export const crossingsOf = (nodes: Iterable<NodeData>, rules: readonly Rule[], now: Now): readonly Crossing[] => {
  const levels: Crossing[][] = bands.map(() => [])
  for (const data of nodes) {
    for (let position = 0; position < rules.length; position++) {
      const band = lastingAt(data.figures, lasting.band, position)
      const rule = rules[position]
      const value = changingAt(data.figures, changing.value, position)
      if (band < least || rule === undefined || !isLive(data, position, rule, now)) continue
      levels[band]?.push({
        node: data.name,
        metric: rule.metric.id,
        value,
        peak: lastingAt(data.figures, lasting.peak, position),
        band: bands[band] ?? 'ok',
        since: wallOf(now, lastingAt(data.figures, lasting.since, position)),
        ...(isEnding(rule, bands[band] ?? 'ok', value) ? { ending: true } : {}),
      })
    }
  }
  return levels.toReversed().flatMap((level) => level.toSorted((a, b) => a.since - b.since))
}

/** The worst band of a node's live figures; `critical` for a node that was lost, refused or silent. */
export const worstOf = (data: NodeData, rules: readonly Rule[], now: Now): Band => {
  if (data.down) return 'critical'
  let worst = 0
  for (let position = 0; position < rules.length; position++) {
    const band = lastingAt(data.figures, lasting.band, position)
    const rule = rules[position]
    if (band > worst && rule !== undefined && isLive(data, position, rule, now)) worst = band
  }
  return bands[worst] ?? 'ok'
}
