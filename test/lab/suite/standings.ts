import type { JsonSnapshot } from '../../../source/export/json.ts'
import type { CatalogueMetric } from '../../../source/metrics/catalogue.ts'
import { type Band, severity } from '../../../source/metrics/metric.ts'

/** One reading of a metric as it was shown first, and whether enough observations stood behind it to raise a band. */
export interface Shown {
  /** When it was taken, in seconds. */
  readonly at: number
  readonly value: number
  readonly band: Band
  readonly mayRaise: boolean
}

/** Seconds by which two lines may differ on when the same reading was taken. */
const slack = 0.3

/** The readings of one metric of one node in a stream, each once. */
export const shownOf = (lines: readonly JsonSnapshot[], node: string, metric: CatalogueMetric): readonly Shown[] => {
  const shown: Shown[] = []
  for (const line of lines) {
    const reading = line.nodes.find(({ name }) => name === node)?.readings[metric.id]
    if (reading === undefined || 'missing' in reading || reading.stale === true) continue
    const at = Date.parse(line.at) / 1000 - reading.age
    if (at - (shown.at(-1)?.at ?? Number.NEGATIVE_INFINITY) < slack) continue
    const mayRaise = metric.denominator === undefined || (reading.samples ?? 0) >= metric.denominator.least
    shown.push({ at, value: reading.value, band: reading.band, mayRaise })
  }
  return shown
}

/** Readings within which a band must follow its figure. */
const most = 3

/**
 * Where the bands of readings do not follow their figures as the catalogue says: one that comes before its level was reached,
 * has not come within three readings and the hold time, or is still there after three and the linger time.
 */
export const misbanded = (readings: readonly Shown[], { levels, worse }: CatalogueMetric): readonly string[] => {
  const faults: string[] = []
  for (const band of ['note', 'warning', 'critical'] as const) {
    const level = levels[band]
    if (level === undefined || worse === 'neither') continue
    const isBeyond = (value: number, line: number): boolean => (worse === 'higher' ? value >= line : value <= line)
    // Since which reading the figure stands there without a break.
    let raised: number | undefined
    let cleared: number | undefined
    let before = false
    readings.forEach((reading, index) => {
      const isIn = severity(reading.band) >= severity(band)
      raised = isBeyond(reading.value, level.raise) && reading.mayRaise ? (raised ?? index) : undefined
      cleared = isBeyond(reading.value, level.clear) ? undefined : (cleared ?? index)
      const lasts = (since: number | undefined, seconds: number): boolean =>
        since !== undefined && index - since >= most && reading.at - (readings[since]?.at ?? 0) >= seconds + slack
      const says = (what: string): void => void faults.push(`${band} ${what}: ${reading.value} at ${reading.at}`)
      if (isIn && !before && raised === undefined) says('comes early')
      if (!isIn && lasts(raised, level.hold)) says('does not come')
      if (isIn && lasts(cleared, level.linger)) says('does not go')
      before = isIn
    })
  }
  return faults
}
