import type { FileTier, Probe, Section } from '../probe.ts'
import { absences, lack, type Taken, takeOver } from '../taken.ts'
import { ciliumInterface, ciliumSeen, tellCilium } from './cilium.ts'
import { conntrackCommandTier } from './conntrack-command.ts'
import {
  clashesSince,
  conntrackColumns,
  conntrackCounters,
  notCounted,
  notThere,
  readCounters,
} from './conntrack-counters.ts'
import { decimal } from './decimal.ts'
import { kernelAtLeast } from './kernel-release.ts'
import { share, wrappingRate } from './rates.ts'
import { noNumber, reading } from './reading.ts'
import { gaps } from './rows.ts'

interface State {
  /** The table's limit; undefined until it was read. */
  max: number | 'absent' | undefined
  /** The counters as last read, parallel to {@link conntrackCounters}. */
  readonly counters: number[]
  /** The kernel's release as last read, and whether it counts clashes under the name `searched`. */
  release: string
  searchedCounts: boolean
  /** What was said of Cilium. */
  labels: Taken['details'] | undefined
}

const folder = '/proc/sys/net/netfilter'
const counterMetrics = conntrackCounters.map(({ metric }) => metric)
const metrics = ['conntrack.fill', 'conntrack.entries', 'conntrack.max', ...counterMetrics] as const

/** What is said where something cannot be had. */
const no = {
  module: absences(
    metrics,
    'no-kernel',
    'conntrack is not loaded on this node: nothing is tracked, so there is nothing to watch here.',
  ),
  max: absences(['conntrack.max'], 'no-kernel', `This kernel has no ${folder}/nf_conntrack_max.`),
  numberForMax: absences(['conntrack.max'], 'no-data', noNumber(`${folder}/nf_conntrack_max`)),
  numberForCount: absences(
    ['conntrack.entries', 'conntrack.fill'],
    'no-data',
    noNumber(`${folder}/nf_conntrack_count`),
  ),
  limit: absences(
    ['conntrack.fill'],
    'not-applicable',
    'no limit: nf_conntrack_max is 0, so watch memory and the entries instead.',
  ),
  maximum: absences(
    ['conntrack.fill'],
    'no-data',
    `Without ${folder}/nf_conntrack_max there is no share: read the entries.`,
  ),
  counters: absences(
    counterMetrics,
    'no-kernel',
    'This kernel is built without CONFIG_NF_CONNTRACK_PROCFS: connect as root where the conntrack tool is installed.',
  ),
}

const counters = conntrackCounters.map((counter) => ({
  metric: counter.metric,
  notCounted: absences([counter.metric], 'no-kernel', notCounted(counter)),
  noNumber: absences([counter.metric], 'no-data', noNumber('/proc/net/stat/nf_conntrack')),
}))

/** The limit as the kernel compares with it: it is unsigned, but the file shows it signed. */
const limitIn = (text: string | undefined): number => {
  const signed = decimal(text)
  return signed < 0 ? signed + 2 ** 32 : signed
}

const takeLimit = (taken: Taken, section: Section, before: State['max']): State['max'] => {
  const lines = reading(section, 'max')
  if (lines === undefined) return before
  const max = lines === 'absent' ? 'absent' : limitIn(lines[0])
  if (max === 'absent') lack(taken, no.max)
  else if (Number.isNaN(max)) lack(taken, no.numberForMax)
  else takeOver(taken, 'conntrack.max', max, Number.NaN)
  return max
}

const takeEntries = (taken: Taken, entries: number, max: State['max']): void => {
  if (Number.isNaN(entries)) return lack(taken, no.numberForCount)
  takeOver(taken, 'conntrack.entries', entries, Number.NaN)
  if (max === undefined) return
  if (max === 0) lack(taken, no.limit)
  else if (max === 'absent' || Number.isNaN(max)) lack(taken, no.maximum)
  else takeOver(taken, 'conntrack.fill', share(entries, max), Number.NaN)
}

const noteRelease = (state: State, release: string): void => {
  if (release === state.release) return
  state.release = release
  state.searchedCounts = kernelAtLeast(release, ...clashesSince)
}

/** As just read, parallel to {@link conntrackCounters}; what a node had before is in its state. */
const now = gaps(counters.length)

const takeCounters = (taken: Taken, section: Section, state: State): void => {
  const lines = reading(section, 'counters')
  noteRelease(state, section.lines('release')?.[0] ?? '')
  if (lines === undefined) return
  if (lines === 'absent') {
    state.counters.fill(Number.NaN)
    return lack(taken, no.counters)
  }
  const seconds = section.seconds('counters')
  readCounters(lines[0] ?? '', state.searchedCounts, now)
  for (let index = 0; index < counters.length; index += 1) {
    const counter = counters[index]
    const value = now[index] ?? Number.NaN
    if (counter === undefined) continue
    if (value === notThere) lack(taken, counter.notCounted)
    else if (Number.isNaN(value)) lack(taken, counter.noNumber)
    else takeOver(taken, counter.metric, wrappingRate(state.counters[index] ?? Number.NaN, value, seconds), seconds)
    state.counters[index] = value
  }
}

const begin = (): State => ({
  max: undefined,
  counters: gaps(counters.length),
  release: '',
  searchedCounts: false,
  labels: undefined,
})

const step = (state: State, section: Section, taken: Taken): void => {
  const count = reading(section, 'count')
  if (count === 'absent') {
    state.max = undefined
    state.counters.fill(Number.NaN)
    return lack(taken, no.module)
  }
  const max = takeLimit(taken, section, state.max)
  state.max = max
  if (count !== undefined) takeEntries(taken, decimal(count[0]), max)
  takeCounters(taken, section, state)
  const cilium = ciliumSeen(section, 'cilium')
  // What was told stands: without Cilium it is enough to say so when it has been looked for.
  if (!cilium && !section.fresh('cilium')) return
  tellCilium(taken, cilium, state.labels)
  state.labels = taken.details
}

const fileTier: FileTier<State> = { kind: 'files', tier: 'proc', metrics, begin, step }

/**
 * The netfilter connection tracking table of the host's namespace: entries against the limit, and what is lost to it. The
 * limit is one number for the machine, compared with each namespace's own entries (nf_conntrack-sysctl.rst).
 */
export const conntrackProbe: Probe = {
  name: 'conntrack',
  takes: {
    count: { kind: 'whole', file: `${folder}/nf_conntrack_count`, every: 1 },
    max: { kind: 'whole', file: `${folder}/nf_conntrack_max`, every: 5 },
    counters: { kind: 'hex', file: '/proc/net/stat/nf_conntrack', header: true, sum: conntrackColumns, every: 1 },
    release: { kind: 'whole', file: '/proc/sys/kernel/osrelease', every: 60 },
    cilium: ciliumInterface,
  },
  tiers: [fileTier, conntrackCommandTier],
}
