import type { MetricId } from '../../metrics/catalogue.ts'
import { decimals } from './decimal.ts'
import { kernelAtLeast } from './kernel-release.ts'

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

/**
 * The sums of {@link conntrackColumns} as values parallel to {@link conntrackCounters}: undefined where this kernel does not
 * count it, NaN where there is no number though every kernel has one.
 *
 * The header decides, not the release, because distributions backport: `delete_list` became `chainlength` in the change that
 * put the count there, and `searched` became `clashres` soon after the column had changed its meaning in 5.10. So under the
 * name `searched` it is the count of clashes from 5.10 on only.
 */
export const countersOf = (line: string, release: string): readonly (number | undefined)[] => {
  const values = decimals(line)
  const column = (name: (typeof conntrackColumns)[number]): number | undefined => {
    const position = conntrackColumns.indexOf(name)
    const value = values[position] ?? Number.NaN
    return Number.isNaN(value) && line.split(' ')[position] === '-' ? undefined : value
  }
  return [
    column('drop') ?? Number.NaN,
    column('early_drop') ?? Number.NaN,
    column('insert_failed') ?? Number.NaN,
    column('invalid') ?? Number.NaN,
    column('search_restart') ?? Number.NaN,
    column('clashres') ?? (kernelAtLeast(release, 5, 10) ? column('searched') : undefined),
    column('chainlength'),
  ]
}

/**
 * The counters of `conntrack -S` (`cpu=0 found=0 invalid=3 ...`, a line per CPU) by name, added up; empty where there is no
 * such line.
 */
export const conntrackStatistics = (text: string): ReadonlyMap<string, number> => {
  const sums = new Map<string, number>()
  for (const line of text.split('\n')) {
    if (!line.startsWith('cpu=')) continue
    for (const [, key = '', value] of line.matchAll(/(\w+)=(\d+)/g)) sums.set(key, (sums.get(key) ?? 0) + Number(value))
  }
  return sums
}

/** What to say of a counter that this kernel does not have. */
export const notCounted = ({ key, since }: ConntrackCounter): string =>
  `This kernel does not count ${key}: ${since === undefined ? 'newer ones' : `kernels from ${since.join('.')} on`} do.`
