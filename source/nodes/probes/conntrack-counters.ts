import type { MetricId } from '../../metrics/catalogue.ts'
import { readDecimal } from './decimal.ts'
import { gaps } from './rows.ts'

/** A counter of the connection tracking table: 32 bits, one per CPU, added up over CPUs. */
export interface ConntrackCounter {
  readonly metric: MetricId
  /** Its name in `conntrack -S`. */
  readonly key: string
  /** First kernel that counts it; undefined: every kernel still in use. */
  readonly since?: readonly [major: number, minor: number]
}

/** `clash_resolve` came with kernel commit bc92470413f3, `chaintoolong` with the series of 2021-09-03 that limits hash chains. */
export const conntrackCounters: readonly ConntrackCounter[] = [
  { metric: 'conntrack.drop', key: 'drop' },
  { metric: 'conntrack.early_drop', key: 'early_drop' },
  { metric: 'conntrack.insert_failed', key: 'insert_failed' },
  { metric: 'conntrack.invalid', key: 'invalid' },
  { metric: 'conntrack.search_restart', key: 'search_restart' },
  { metric: 'conntrack.clash_resolve', key: 'clash_resolve', since: [5, 10] },
  { metric: 'conntrack.chaintoolong', key: 'chaintoolong', since: [5, 15] },
]

/** Columns of /proc/net/stat/nf_conntrack by the names in its header, in the order in which {@link countersOf} wants them. */
export const conntrackColumns = [
  'drop',
  'early_drop',
  'insert_failed',
  'invalid',
  'search_restart',
  'clashres',
  'chainlength',
  'searched',
] as const

/** Stands for a counter that this kernel does not have; no text is read as this. */
export const notThere = Number.NEGATIVE_INFINITY

/** First kernel that counts clashes under the name `searched`. */
export const clashesSince = [5, 10] as const

const [dash, blank] = [45, 32]
const [clashes, chains, searched] = [5, 6, 7]

/** The columns as just read: {@link notThere} where a dash stands for one. */
const columns = gaps(conntrackColumns.length)

const readColumns = (line: string): void => {
  let from = 0
  for (let index = 0; index < columns.length; index += 1) {
    let to = from
    while (to < line.length && line.charCodeAt(to) !== blank) to += 1
    if (to === from + 1 && line.charCodeAt(from) === dash) columns[index] = notThere
    else readDecimal(line, from, to, columns, index)
    from = to + 1
  }
}

/**
 * Reads the sums of {@link conntrackColumns} as values parallel to {@link conntrackCounters}: {@link notThere} where this kernel
 * does not count it, NaN where there is no number though every kernel has one. `searchedCounts`: from {@link clashesSince} on.
 *
 * The header decides, not the release, because distributions backport: `delete_list` became `chainlength` in the change that
 * put the count there, and `searched` became `clashres` soon after the column had changed its meaning in 5.10. So under the
 * name `searched` it is the count of clashes from 5.10 on only.
 */
export const readCounters = (line: string, searchedCounts: boolean, into: number[]): void => {
  readColumns(line)
  for (let index = 0; index < clashes; index += 1) {
    const value = columns[index] ?? Number.NaN
    into[index] = value === notThere ? Number.NaN : value
  }
  const underOldName = searchedCounts ? (columns[searched] ?? Number.NaN) : notThere
  const value = columns[clashes] ?? Number.NaN
  into[clashes] = value === notThere ? underOldName : value
  into[chains] = columns[chains] ?? Number.NaN
}

/**
 * The counters of `conntrack -S` (`cpu=0 found=0 invalid=3 ...`, a line per CPU) by name, added up; empty where there is no
 * such line.
 */
export const conntrackStatistics = (text: string): ReadonlyMap<string, number> => {
  const sums = new Map<string, number>()
  for (const line of text.split('\n')) {
    if (!line.startsWith('cpu=')) continue
    for (const [, key = '', value] of line.matchAll(/\b(\w+)=(\d+)/g))
      sums.set(key, (sums.get(key) ?? 0) + Number(value))
  }
  return sums
}

/** What to say of a counter that this kernel does not have. */
export const notCounted = ({ key, since }: ConntrackCounter): string =>
  `This kernel does not count ${key}: ${since === undefined ? 'newer ones' : `kernels from ${since.join('.')} on`} do.`
