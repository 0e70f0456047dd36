import type { Section } from '../../probe.ts'
import type { Take } from '../../sampler/take.ts'

const snmp = ['Tcp:EstabResets', 'Tcp:OutSegs', 'Tcp:RetransSegs', 'Udp:OutDatagrams', 'Udp:InErrors'] as const
const netstat = ['TcpExt:ListenOverflows', 'TcpExt:TCPSynRetrans'] as const
const snmp6 = ['Udp6OutDatagrams', 'Udp6InErrors'] as const

/** What is read of every other network namespace, for all probes: the sampler adds up one list of them. */
export const podCounters: Take = {
  kind: 'namespaces',
  file: '/proc/PID',
  named: [
    { file: 'net/snmp', names: snmp },
    { file: 'net/netstat', names: netstat },
  ],
  rows: [{ file: 'net/snmp6', names: snmp6 }],
  every: 1,
}

const names = [...snmp, ...netstat, ...snmp6] as const
export type PodCounter = (typeof names)[number]

/** What the sampler has added up since it began. */
interface Sums {
  readonly epoch: string
  readonly read: number
  /** Hundredths of seconds between two reads of one namespace, over all of them. */
  readonly covered: number
  /** In the order of {@link names}. */
  readonly counters: readonly number[]
}

/** What was added between two frames. */
interface Added {
  readonly seconds: number
  readonly covered: number
  readonly counters: readonly number[]
}

/** What is kept of other namespaces' counters from frame to frame. */
export interface PodSums {
  readonly last: Sums | undefined
  /** The latest last: as few as cover the longest window that is asked for. */
  readonly added: readonly Added[]
}

export const noPodSums: PodSums = { last: undefined, added: [] }

const sumsIn = (line: string): Sums | undefined => {
  const [epoch = '', ...words] = line.split(' ')
  const [read, covered, ...counters] = words.map(Number)
  if (read === undefined || covered === undefined || counters.length !== names.length) return undefined
  return words.every((word) => /^\d+$/.test(word)) ? { epoch, read, covered, counters } : undefined
}

/** The last of them that cover so many seconds, or all. */
const lastOf = (added: readonly Added[], seconds: number): readonly Added[] => {
  let [covered, first] = [0, added.length]
  while (first > 0 && covered < seconds) {
    first -= 1
    covered += added[first]?.seconds ?? 0
  }
  return first === 0 ? added : added.slice(first)
}

/** The same, but the oldest only for the part of it that lies within: ticks are no whole seconds, and one more weighs a fifth. */
const within = (added: readonly Added[], seconds: number): readonly Added[] => {
  const list = lastOf(added, seconds)
  const beyond = list.reduce((sum, one) => sum + one.seconds, 0) - seconds
  const [oldest, ...rest] = list
  if (oldest === undefined || beyond <= 0) return list
  const part = 1 - beyond / oldest.seconds
  const counters = oldest.counters.map((count) => count * part)
  return [{ seconds: oldest.seconds * part, covered: oldest.covered * part, counters }, ...rest]
}

/** Takes what this frame says. `longest`: seconds that will be looked back at most. */
export const podSumsAfter = (before: PodSums, section: Section, longest: number): PodSums => {
  const [line] = section.lines('pods') ?? []
  if (line === undefined) return noPodSums
  const now = sumsIn(line)
  const { last } = before
  const seconds = section.seconds('pods')
  if (now === undefined) return noPodSums
  // Another program has begun to add up, or time was lost: what lies between is not known.
  if (last === undefined || last.epoch !== now.epoch || !(seconds > 0)) return { last: now, added: [] }
  const counters = now.counters.map((sum, index) => sum - (last.counters[index] ?? 0))
  const next = { seconds, covered: now.covered - last.covered, counters }
  return { last: now, added: lastOf([...before.added, next], longest) }
}

/** What counters of other namespaces have grown by lately. */
export interface PodGrowth {
  /** How many namespaces are spoken for: at first those only that were read twice by now. */
  readonly read: number
  perSecond(counter: PodCounter): number
  /** What was counted, without regard to how long it took; part of a tick gives part of a count. */
  counted(counter: PodCounter): number
}

/** Share of the time of all namespaces that must be covered to speak for all of them: rounds and ticks do not end together. */
const nearlyAll = 0.95

/**
 * Growth over the last `seconds`; undefined before any namespace was read twice. Each is read now and then, so that what was
 * added is divided by the time that lay between its reads: in a round every one has one such time. Where that time is too short
 * for all of them, as at the beginning, what was added is of some only, and nothing is made up for the others.
 */
export const podGrowth = ({ last, added }: PodSums, seconds: number): PodGrowth | undefined => {
  const window = within(added, seconds)
  const covered = window.reduce((sum, one) => sum + one.covered, 0) / 100
  const lasted = window.reduce((sum, one) => sum + one.seconds, 0)
  if (last === undefined || covered <= 0) return undefined
  const counted = (counter: PodCounter): number => {
    const at = names.indexOf(counter)
    return window.reduce((sum, { counters }) => sum + (counters[at] ?? 0), 0)
  }
  const read = covered >= nearlyAll * last.read * lasted ? last.read : Math.max(1, Math.floor(covered / lasted))
  return { read, counted, perSecond: (counter) => (counted(counter) * read) / covered }
}
