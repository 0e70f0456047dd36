import { isAbsent } from '../events/origin.ts'
import { column, figureAt } from './figures.ts'
import type { NodeData } from './node-state.ts'

/** A figure older than this is stale, however short its period. Ours: three missed ticks at one a second. */
const leastLimit = 3
const periods = 2.5

/**
 * Seconds after which a figure is stale: 2.5 of its periods and at least 3 s. Commands are stretched while a node's
 * budget asks for it, so what counts is how often samples are to come, and really come, where that is less often.
 */
export const staleAfter = (data: NodeData, position: number, period: number): number => {
  const origin = data.origins[position]
  const told = origin === undefined || isAbsent(origin) ? undefined : origin.every
  const usual = figureAt(data.figures, column.usual, position) / 1000
  const longest = Math.max(period, usual > period ? usual : period, told ?? period)
  return Math.max(leastLimit, periods * longest)
}
