import type { FileTier, Probe, Section, Step } from '../probe.ts'
import { miss, missAll, nothingTaken, type Taken, take } from '../taken.ts'
import { ciliumInterface, ciliumSeen, tellCilium } from './cilium.ts'
import { conntrackCommandTier } from './conntrack-command.ts'
import { conntrackColumns, conntrackCounters, countersOf, notCounted } from './conntrack-counters.ts'
import { decimal } from './decimal.ts'
import { share, wrappingRate } from './rates.ts'
import { noNumber, reading } from './reading.ts'

interface State {
  /** The table's limit; undefined until it was read. */
  readonly max: number | 'absent' | undefined
  /** The counters as last read, parallel to {@link conntrackCounters}. */
  readonly counters: readonly (number | undefined)[]
}

const folder = '/proc/sys/net/netfilter'
const counterMetrics = conntrackCounters.map(({ metric }) => metric)
const metrics = ['conntrack.fill', 'conntrack.entries', 'conntrack.max', ...counterMetrics] as const

const notLoaded = 'conntrack is not loaded on this node: nothing is tracked, so there is nothing to watch here.'
const noLimit = 'no limit: nf_conntrack_max is 0, so watch memory and the entries instead.'
const noMaximum = `Without ${folder}/nf_conntrack_max there is no share: read the entries.`
const noCounters =
  'This kernel is built without CONFIG_NF_CONNTRACK_PROCFS: connect as root where the conntrack tool is installed.'

/** The limit as the kernel compares with it: it is unsigned, but the file shows it signed. */
const limitIn = (text: string | undefined): number => {
  const signed = decimal(text)
  return signed < 0 ? signed + 2 ** 32 : signed
}

const takeLimit = (taken: Taken, section: Section, before: State['max']): State['max'] => {
  const lines = reading(section, 'max')
  if (lines === undefined) return before
  const max = lines === 'absent' ? 'absent' : limitIn(lines[0])
  if (max === 'absent') miss(taken, 'conntrack.max', 'no-kernel', `This kernel has no ${folder}/nf_conntrack_max.`)
  else if (Number.isNaN(max)) miss(taken, 'conntrack.max', 'no-data', noNumber(`${folder}/nf_conntrack_max`))
  else take(taken, 'conntrack.max', max)
  return max
}

const takeEntries = (taken: Taken, entries: number, max: State['max']): void => {
  if (Number.isNaN(entries)) {
    missAll(taken, ['conntrack.entries', 'conntrack.fill'], 'no-data', noNumber(`${folder}/nf_conntrack_count`))
    return
  }
  take(taken, 'conntrack.entries', entries)
  if (max === undefined) return
  if (max === 0) miss(taken, 'conntrack.fill', 'not-applicable', noLimit)
  else if (max === 'absent' || Number.isNaN(max)) miss(taken, 'conntrack.fill', 'no-data', noMaximum)
  else take(taken, 'conntrack.fill', share(entries, max))
}

const takeCounters = (taken: Taken, section: Section, state: State): State['counters'] => {
  const lines = reading(section, 'counters')
  const release = section.lines('release')?.[0] ?? ''
  if (lines === undefined) return state.counters
  if (lines === 'absent') {
    missAll(taken, counterMetrics, 'no-kernel', noCounters)
    return []
  }
  const seconds = section.seconds('counters')
  const counters = countersOf(lines[0] ?? '', release)
  conntrackCounters.forEach((counter, index) => {
    const value = counters[index]
    if (value === undefined) miss(taken, counter.metric, 'no-kernel', notCounted(counter))
    else if (Number.isNaN(value)) miss(taken, counter.metric, 'no-data', noNumber('/proc/net/stat/nf_conntrack'))
    else {
      const growth = wrappingRate(state.counters[index] ?? Number.NaN, value, seconds)
      take(taken, counter.metric, growth, { window: seconds })
    }
  })
  return counters
}

const start: State = { max: undefined, counters: [] }

const step = (state: State, section: Section): Step<State> => {
  const taken = nothingTaken()
  const count = reading(section, 'count')
  if (count === 'absent') {
    missAll(taken, metrics, 'no-kernel', notLoaded)
    return { state: start, taken }
  }
  const max = takeLimit(taken, section, state.max)
  if (count !== undefined) takeEntries(taken, decimal(count[0]), max)
  const counters = takeCounters(taken, section, state)
  const cilium = ciliumSeen(section, 'cilium')
  // What was told stands: without Cilium it is enough to say so when it has been looked for.
  if (cilium || section.fresh('cilium')) tellCilium(taken, cilium)
  return { state: { max, counters }, taken }
}

const fileTier: FileTier<State> = { kind: 'files', tier: 'proc', metrics, start, step }

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
