import type { Counted } from '../../events/event.ts'
import type { Clean } from '../../text/clean.ts'

export interface TallyView {
  /** Lookups of one name, or by one client; most first. */
  readonly rows: readonly Counted[]
  /** Lookups in none of the rows. */
  readonly left: number
}

export interface Tally {
  /** Counts one lookup. `at`: seconds; times may be a little out of order. */
  add(name: Clean, at: number): void
  /** The `most` busiest rows of the current half minute and the one before, as of `now`. */
  view(now: number, most: number): TallyView
}

/** How many names, and how many clients, are kept; the rest is counted as others. */
export const keptRows = 1_000
/** Seconds of one generation of rows; a view covers one to two of them. */
export const paneSeconds = 30

interface Pane {
  readonly index: number
  readonly rows: Map<Clean, number>
  others: number
}

const emptyPane = (index: number): Pane => ({ index, rows: new Map(), others: 0 })

const merge = (panes: readonly Pane[]): Counted[] => {
  const total = new Map<Clean, number>()
  for (const [name, count] of panes.flatMap(({ rows }) => [...rows])) total.set(name, (total.get(name) ?? 0) + count)
  return Array.from(total, ([name, count]) => ({ name, count }))
}

const countOf = (rows: readonly Counted[]): number => rows.reduce((sum, { count }) => sum + count, 0)

const busiestFirst = (a: Counted, b: Counted): number => b.count - a.count || (a.name < b.name ? -1 : 1)

/** Counts lookups by a string in two generations of rows, so that what was busy a while ago makes room again. */
export const createTally = (): Tally => {
  let current = emptyPane(Number.NEGATIVE_INFINITY)
  let previous = emptyPane(Number.NEGATIVE_INFINITY)

  const add = (name: Clean, at: number): void => {
    const index = Math.floor(at / paneSeconds)
    if (index > current.index) [previous, current] = [current, emptyPane(index)]
    const known = current.rows.get(name)
    if (known === undefined && current.rows.size >= keptRows) current.others += 1
    else current.rows.set(name, (known ?? 0) + 1)
  }

  const view = (now: number, most: number): TallyView => {
    const oldest = Math.floor(now / paneSeconds) - 1
    const panes = [current, previous].filter(({ index }) => index >= oldest)
    const all = merge(panes).sort(busiestFirst)
    const rows = all.slice(0, Math.min(most, keptRows))
    const others = panes.reduce((sum, pane) => sum + pane.others, 0)
    return { rows, left: others + countOf(all) - countOf(rows) }
  }

  return { add, view }
}
