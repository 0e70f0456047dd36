import { expect } from 'vitest'
import type { MetricId } from '../../../source/metrics/catalogue.ts'
import { note } from './oracle.ts'
import type { Watched } from './watch.ts'

/** What moving counters have added up to at one moment: by kntop, and by their oracle just before and just after that. */
export interface Bracket {
  readonly before: readonly number[]
  readonly ours: readonly number[]
  readonly after: readonly number[]
}

/** Has kntop read anew, between two readings of the oracle. */
export const bracket = async (
  watched: Watched,
  oracle: () => readonly number[],
  ours: () => readonly number[],
): Promise<Bracket> => {
  const before = oracle()
  await watched.nextFrame()
  return { before, ours: ours(), after: oracle() }
}

/**
 * Holds the growth of each counter between two moments beside its oracle's, which gives bounds because it goes on meanwhile;
 * `slack` is what adding up rates may lose. Gives back the growth by kntop.
 */
export const besideGrowth = (
  metrics: readonly MetricId[],
  from: Bracket,
  to: Bracket,
  slack = 1e-3,
): readonly number[] =>
  metrics.map((metric, index) => {
    const at = (values: readonly number[]): number => values[index] ?? Number.NaN
    const grown = at(to.ours) - at(from.ours)
    expect(grown, metric).toBeGreaterThanOrEqual(at(to.before) - at(from.after) - slack)
    expect(grown, metric).toBeLessThanOrEqual(at(to.after) - at(from.before) + slack)
    note(`${metric}, added up`, grown, at(to.after) - at(from.after))
    return grown
  })
