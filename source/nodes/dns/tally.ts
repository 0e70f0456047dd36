import type { Counted } from '../../events/event.ts'
import type { Clean } from '../../text/clean.ts'
import { rcode } from './message.ts'

/** Lookups of one name, or by one client (`count`), and how many of them failed. */
export interface TallyRow extends Counted {
  readonly nxdomain: number
  readonly servfail: number
}

export interface TallyView {
  /** Most lookups first. */
  readonly rows: readonly TallyRow[]
  /** Lookups in none of the rows. */
  readonly left: number
}

export interface Tally {
  /** Counts one lookup. `at`: seconds; times may be a little out of order. */
  add(name: Clean, rcode: number, at: number): void
  /** The `most` busiest rows of the current half minute and the one before, as of `now`. */
  view(now: number, most: number): TallyView
}

/** How many names, and how many clients, are kept; the rest is counted as others. */
export const keptRows = 1_000
/** Seconds of one generation of rows; a view covers one to two of them. */
export const paneSeconds = 30

interface Counts {
  count: number
  nxdomain: number
  servfail: number
}

interface Pane {
  readonly index: number
  readonly rows: Map<Clean, Counts>
  others: number
}

const noCounts = (): Counts => ({ count: 0, nxdomain: 0, servfail: 0 })
const emptyPane = (index: number): Pane => ({ index, rows: new Map(), others: 0 })

const merge = (panes: readonly Pane[]): TallyRow[] => {
  const total = new Map<Clean, Counts>()
  for (const [name, { count, nxdomain, servfail }] of panes.flatMap(({ rows }) => [...rows])) {
    const sum = total.get(name) ?? noCounts()
    sum.count += count
    sum.nxdomain += nxdomain
    sum.servfail += servfail
    total.set(name, sum)
  }
  return Array.from(total, ([name, counts]) => ({ name, ...counts }))
}

const countOf = (rows: readonly TallyRow[]): number => rows.reduce((sum, { count }) => sum + count, 0)

const busiestFirst = (a: TallyRow, b: TallyRow): number => b.count - a.count || (a.name < b.name ? -1 : 1)

/** Counts lookups by a string in two generations of rows, so that what was busy a while ago makes room again. */
export const createTally = (): Tally => {
  let current = emptyPane(Number.NEGATIVE_INFINITY)
  let previous = emptyPane(Number.NEGATIVE_INFINITY)

  const rowFor = (name: Clean): Counts | undefined => {
    const known = current.rows.get(name)
    if (known !== undefined || current.rows.size >= keptRows) return known
    const row = noCounts()
    current.rows.set(name, row)
    return row
  }

  const add = (name: Clean, code: number, at: number): void => {
    const index = Math.floor(at / paneSeconds)
    if (index > current.index) [previous, current] = [current, emptyPane(index)]
    const row = rowFor(name)
    if (row === undefined) {
      current.others += 1
      return
    }
    row.count += 1
    if (code === rcode.nxdomain) row.nxdomain += 1
    if (code === rcode.servfail) row.servfail += 1
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
