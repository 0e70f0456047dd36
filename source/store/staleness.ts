import { type Figures, lasting, lastingAt } from './figures.ts'

/** A figure older than this is stale, however short its period. Ours: three missed ticks at one a second. */
const leastLimit = 3
const periods = 2.5

/**
 * Seconds after which a figure is stale: 2.5 of its periods and at least 3 s. Commands are stretched while a node's
 * budget asks for it, so what counts is how often samples really come, where that is less often.
 */
export const staleAfter = (figures: Figures, position: number, period: number): number => {
  const usual = lastingAt(figures, lasting.usual, position) / 1000
  return Math.max(leastLimit, periods * (usual > period ? usual : period))
}
