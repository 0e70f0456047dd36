import type { PodFigure } from '../../../events/event.ts'
import { metricOf } from '../../../metrics/catalogue.ts'
import { clean } from '../../../text/clean.ts'
import type { OtherNamespaces } from '../../other-namespaces.ts'
import type { CommandTier, Refusal, Script, Step } from '../../probe.ts'
import { refuse } from '../../refuse.ts'
import { detail, miss, missAll, nothingTaken, type Taken, take } from '../../taken.ts'
import { share } from '../rates.ts'
import { type FoundNamespace, type LimitedContainer, type PodListing, parsePodListing } from './listing.ts'
import { podTrees, reader, searchScript } from './script.ts'

const [throttled, entries] = ['cpu.throttled_share', 'conntrack.pod_entries'] as const

/** Namespaces that are read at most: beyond them a round would take longer than the figures are good for. */
const mostNamespaces = 512

/** Containers with a limit, by id, as the last search found them. */
type State = ReadonlyMap<string, LimitedContainer>

const hidden =
  "this node hides other users' processes (hidepid of /proc): log in as root, or --sudo root, to have pods among its figures"

const denied = (advice: string): Refusal => refuse('denied', advice)

/** Why the pods of a node cannot be read; undefined: they can. */
const whyNot = ({ host, own, lacks, namespaces }: PodListing): Refusal | undefined => {
  if (lacks.has('nostat'))
    return refuse(
      'no-tool',
      'without stat and xargs on this node its pods are not found: install coreutils and findutils, or busybox, there',
    )
  if (lacks.has('hidden') && namespaces.length === 0) return denied(hidden)
  if (own === undefined) return denied('this node does not show /proc/self/net/snmp: look whether /proc is mounted')
  if (host === undefined) return denied(hidden)
  if (host !== own)
    return denied(
      'kntop runs in another network namespace here than process 1: only that one is read, log in to the node itself',
    )
  return undefined
}

/**
 * In which order namespaces are read while there are too many: the oldest of each pod, then those of no pod, then what pods
 * have made beside their own. How many that are is a pod's choice, and it must not push others out.
 */
const byRank = (namespaces: readonly FoundNamespace[]): readonly FoundNamespace[] => {
  const seen = new Set<string>()
  const ranks = namespaces.map(({ uid }) => {
    if (uid === '-') return 1
    const isFirst = !seen.has(uid)
    seen.add(uid)
    return isFirst ? 0 : 2
  })
  return [0, 1, 2].flatMap((rank) => namespaces.filter((_, index) => ranks[index] === rank))
}

const othersOf = (listing: PodListing): OtherNamespaces => {
  const why = whyNot(listing)
  if (why !== undefined) return { kind: 'unknown', cause: why.advice }
  const keys = byRank(listing.namespaces).map(({ key }) => key)
  return { kind: 'known', keys: keys.slice(0, mostNamespaces), found: keys.length }
}

interface Throttled extends Pick<LimitedContainer, 'uid' | 'id'> {
  readonly share: number
  readonly periods: number
}

/** What a container's limit did to it since the last search; a counter that went back tells nothing, and is left out. */
const throttledSince = (before: LimitedContainer | undefined, now: LimitedContainer): readonly Throttled[] => {
  if (before === undefined) return []
  const periods = now.periods - before.periods
  const held = now.throttled - before.throttled
  return periods > 0 && held >= 0 && held <= periods
    ? [{ uid: now.uid, id: now.id, share: share(held, periods), periods }]
    : []
}

const least = metricOf(throttled).denominator?.least ?? 0

/** Those that ran in enough periods come before those that did not; then the one that was held back most. */
const worseFirst = (one: Throttled, other: Throttled): number =>
  Number(other.periods >= least) - Number(one.periods >= least) || other.share - one.share

const takeThrottled = (
  taken: Taken,
  found: readonly LimitedContainer[],
  before: State,
  seconds: number,
): readonly PodFigure[] => {
  const all = found.flatMap((one) => throttledSince(before.get(one.id), one)).toSorted(worseFirst)
  const [worst] = all
  if (worst !== undefined) {
    take(taken, throttled, worst.share, { observations: worst.periods, window: seconds })
    detail(taken, throttled, `container ${worst.id.slice(0, 12)}`, { scope: 'pod' })
  } else if (found.length === 0)
    miss(
      taken,
      throttled,
      'not-applicable',
      'No container of a pod has a CPU limit on this node, or none ran under it.',
    )
  else take(taken, throttled, Number.NaN, before.size === 0 ? {} : { observations: 0, window: seconds })
  // Of each pod its worst container; one that is of no known pod stands by itself.
  const first = new Map<string, Throttled>()
  for (const one of all) {
    const pod = one.uid === '-' ? one.id : one.uid
    if (!first.has(pod)) first.set(pod, one)
  }
  return Array.from(first.values(), ({ uid, id, share: value, periods }) => ({
    uid: clean(uid),
    container: clean(id),
    metric: throttled,
    value,
    observations: periods,
    window: seconds,
  }))
}

const notCounted =
  'The kernel of this node does not show /proc/PID/net/stat/nf_conntrack of its pods: that comes with the module nf_conntrack and CONFIG_NF_CONNTRACK_PROCFS.'

const takeEntries = (taken: Taken, { namespaces }: PodListing): readonly PodFigure[] => {
  const ofPods = namespaces.filter(({ uid }) => uid !== '-')
  const own = ofPods.filter(({ entries: count }) => count > 0)
  if (ofPods.length > 0 && ofPods.every(({ entries: count }) => Number.isNaN(count))) {
    miss(taken, entries, 'no-kernel', notCounted)
    return []
  }
  if (own.length === 0) {
    miss(taken, entries, 'not-applicable', 'No pod of this node tracks connections in its own network namespace.')
    return []
  }
  take(taken, entries, Math.max(...own.map(({ entries: count }) => count)))
  return own.map(({ uid, entries: value }) => ({
    uid: clean(uid),
    container: clean(''),
    metric: entries,
    value,
    observations: Number.NaN,
    window: Number.NaN,
  }))
}

const script: Script = {
  text: searchScript(podTrees),
  args: [],
  shown:
    "printf '%s\\n' /proc/1/net/snmp /proc/self/net/snmp /proc/[0-9]*/net/snmp | xargs stat -c '%i %n' | awk '...'",
  runs: [
    { command: "xargs stat -c '%i %n'" },
    { command: "stat -c '%i %n' /proc/1/net/snmp /proc/self/net/snmp /proc/[0-9]*/net/snmp" },
    // What one run of stat has no room for.
    { command: "stat -c '%i %n' /proc/[0-9]*/net/snmp" },
    { command: 'awk -v P=/proc PROGRAM', where: { PROGRAM: reader.trim() } },
    { command: 'busybox awk -v P=/proc PROGRAM', where: { PROGRAM: reader.trim() } },
  ],
}

const noAnswer = 'The search for pods gave nothing to read: run the command of kntop commands on the node.'

/** Finds the pods of a node: their network namespaces for the sampler to read, and the figures that are theirs alone. */
export const podsTier: CommandTier<State> = {
  kind: 'command',
  tier: 'search for pods',
  scope: 'pod',
  metrics: [throttled, entries],
  start: new Map(),
  every: 15,
  limit: 512 * 1024,
  cost: 'three processes, 4 ms of CPU, and 10 ms with 110 pods: awk reads /proc/PID/stat of what is in another network namespace than process 1, 64 for each, cgroup and net/stat/nf_conntrack of one process of each, and cpu.stat of each container below /sys/fs/cgroup',
  scripts: () => [script],
  program: ({ flags }) =>
    flags.engine === 'awk' ? script : refuse('no-tool', 'Without awk on this node its pods are not searched for.'),
  step(before, output): Step<State> {
    const taken = nothingTaken()
    if (output.status !== 0 || output.text.trim() === '') {
      missAll(taken, [throttled, entries], 'no-data', noAnswer)
      taken.namespaces = { kind: 'unknown', cause: clean(noAnswer) }
      return { state: new Map(), taken }
    }
    const listing = parsePodListing(output.text)
    taken.namespaces = othersOf(listing)
    const rows = takeThrottled(taken, listing.containers, before, output.seconds)
    const why = whyNot(listing)
    if (why !== undefined) miss(taken, entries, why.missing, why.advice)
    taken.pods = why === undefined ? [...rows, ...takeEntries(taken, listing)] : rows
    return { state: new Map(listing.containers.map((one) => [one.id, one])), taken }
  },
}
