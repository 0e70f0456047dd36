import { plot } from 'asciichart'
import type { Clean } from '../text/clean.ts'

/** A line drawn by asciichart: symbols by row from the top and column, undefined where the line is not. */
export type Trace = readonly (readonly (Clean | undefined)[])[]

interface Run {
  readonly start: number
  readonly levels: readonly number[]
}

const runsOf = (levels: ArrayLike<number>): readonly Run[] => {
  const runs: { start: number; levels: number[] }[] = []
  let open: { start: number; levels: number[] } | undefined
  for (let column = 0; column < levels.length; column += 1) {
    const level = levels[column] ?? Number.NaN
    if (!Number.isFinite(level)) {
      open = undefined
      continue
    }
    if (!open) {
      open = { start: column, levels: [] }
      runs.push(open)
    }
    open.levels.push(level)
  }
  return runs
}

/**
 * Draws whole levels (0 at the bottom, NaN is a gap) with asciichart on exactly `height` rows. asciichart throws on gaps,
 * collapses a flat series and scales in its own way; so it gets each run between gaps by itself and in rows instead of
 * figures. `symbols` are in its order.
 */
export const trace = (levels: ArrayLike<number>, height: number, symbols: readonly Clean[]): Trace => {
  const rows = Array.from({ length: height }, () => new Array<Clean | undefined>(levels.length).fill(undefined))
  const known = new Map<string | undefined, Clean>(
    symbols.filter((symbol) => symbol !== ' ').map((symbol) => [symbol, symbol]),
  )
  if (height < 1) return rows
  for (const run of runsOf(levels)) {
    const drawn = plot(
      // Counted from 1: asciichart draws its origin symbol on the row of level 0.
      run.levels.map((level) => level + 1),
      { min: 1, max: height, height: height - 1, offset: 1, format: () => ' ', symbols },
    )
    drawn.split('\n').forEach((line, row) => {
      for (let column = 0; column < run.levels.length; column += 1) {
        const into = rows[row]
        if (into) into[run.start + column] = known.get(line[column])
      }
    })
  }
  return rows
}
