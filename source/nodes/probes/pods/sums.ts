import type { Section } from '../../probe.ts'
import type { Take } from '../../sampler/take.ts'
import { readDecimal } from '../decimal.ts'
import { covering, gaps, Rows } from '../rows.ts'

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

/** What is kept of other namespaces' counters from frame to frame. Written in place. */
export interface PodSums {
  /** Where the counters that are wanted stand among {@link names}. */
  readonly places: readonly number[]
  /** Names the program that adds up; undefined: nothing is known. */
  epoch: string | undefined
  /** How many namespaces it has read. */
  read: number
  /** Hundredths of seconds between two reads of one namespace, over all of them, since it began. */
  covered: number
  /** What was counted since it began. */
  readonly counters: number[]
  /**
   * What was added between two frames, the latest: as few as cover the longest window that is asked for. Seconds, covered
   * hundredths, counters.
   */
  readonly added: Rows
}

const [secondsAt, coveredAt, countersAt] = [0, 1, 2]

export const noPodSums = (wanted: readonly PodCounter[]): PodSums => ({
  places: wanted.map((counter) => names.indexOf(counter)),
  epoch: undefined,
  read: Number.NaN,
  covered: Number.NaN,
  counters: gaps(wanted.length),
  added: new Rows(countersAt + wanted.length),
})

/** Nothing is known of them any more. */
export const forget = (sums: PodSums): void => {
  sums.epoch = undefined
  sums.added.keep(0)
}

/** What a line says: namespaces, hundredths, and all of {@link names}. */
const said = gaps(2 + names.length)
let saidLine = ''
let makesSense = false

const [blank, zero, nine] = [32, 48, 57]

const digitsEnd = (text: string, from: number): number => {
  let at = from
  while (text.charCodeAt(at) >= zero && text.charCodeAt(at) <= nine) at += 1
  return at
}

/** Reads the words behind the first one; false where they are not so many numbers, with a blank between. */
const readWords = (line: string): boolean => {
  let at = line.indexOf(' ')
  for (let index = 0; index < said.length; index += 1) {
    if (line.charCodeAt(at) !== blank) return false
    const end = digitsEnd(line, at + 1)
    if (end === at + 1) return false
    readDecimal(line, at + 1, end, said, index)
    at = end
  }
  return at === line.length
}

/** Reads a line into {@link said}: once, though two probes ask for it. */
const isRead = (line: string): boolean => {
  if (line !== saidLine) {
    makesSense = readWords(line)
    saidLine = line
  }
  return makesSense
}

const isOf = (line: string, epoch: string): boolean => line.startsWith(epoch) && line.charCodeAt(epoch.length) === blank

const addRow = (sums: PodSums, seconds: number): void => {
  const { added, counters, places } = sums
  const row = added.add()
  added.set(row, secondsAt, seconds)
  added.set(row, coveredAt, (said[1] ?? Number.NaN) - sums.covered)
  for (let index = 0; index < places.length; index += 1)
    added.set(row, countersAt + index, saidOf(places[index]) - (counters[index] ?? Number.NaN))
}

const saidOf = (place = -1): number => said[2 + place] ?? Number.NaN

/** Takes what this frame says. `longest`: seconds that will be looked back at most. */
export const addSums = (sums: PodSums, section: Section, longest: number): void => {
  const line = section.lines('pods')?.[0]
  if (line === undefined || !isRead(line)) return forget(sums)
  const seconds = section.seconds('pods')
  // Another program has begun to add up, or time was lost: what lies between is not known.
  if (sums.epoch === undefined || !isOf(line, sums.epoch) || !(seconds > 0)) {
    sums.epoch = line.slice(0, line.indexOf(' '))
    sums.added.keep(0)
  } else {
    addRow(sums, seconds)
    sums.added.keep(covering(sums.added, longest))
  }
  sums.read = said[0] ?? Number.NaN
  sums.covered = said[1] ?? Number.NaN
  for (let index = 0; index < sums.places.length; index += 1) sums.counters[index] = saidOf(sums.places[index])
}

/** What counters of other namespaces have grown by lately, in the order in which they are wanted. Written in place. */
export interface PodGrowth {
  /** How many namespaces are spoken for: at first those only that were read twice by now. */
  read: number
  readonly perSecond: number[]
  /** What was counted, without regard to how long it took; part of a tick gives part of a count. */
  readonly counted: number[]
}

/** Of counters so many, nothing yet. */
export const noGrowth = (count: number): PodGrowth => ({ read: 0, perSecond: gaps(count), counted: gaps(count) })

/** Share of the time of all namespaces that must be covered to speak for all of them: rounds and ticks do not end together. */
const nearlyAll = 0.95

const sumOf = (added: Rows, first: number, column: number, part: number): number => {
  let sum = 0
  for (let row = first; row < added.count; row += 1) sum += added.get(row, column) * (row === first ? part : 1)
  return sum
}

/**
 * Writes the growth over the last `seconds`; false before any namespace was read twice. Each is read now and then, so that what was
 * added is divided by the time that lay between its reads: in a round every one has one such time. Where that time is too short
 * for all of them, as at the beginning, what was added is of some only, and nothing is made up for the others.
 *
 * The oldest of the frames counts only for the part of it that lies within: ticks are no whole seconds, and one more weighs a fifth.
 */
export const growOver = (sums: PodSums, seconds: number, growth: PodGrowth): boolean => {
  const { added } = sums
  const first = added.count - covering(added, seconds)
  const beyond = sumOf(added, first, secondsAt, 1) - seconds
  const part = beyond <= 0 ? 1 : 1 - beyond / added.get(first, secondsAt)
  const covered = sumOf(added, first, coveredAt, part) / 100
  const lasted = sumOf(added, first, secondsAt, part)
  if (sums.epoch === undefined || covered <= 0) return false
  const read = covered >= nearlyAll * sums.read * lasted ? sums.read : Math.max(1, Math.floor(covered / lasted))
  for (let index = 0; index < growth.counted.length; index += 1) {
    const counted = sumOf(added, first, countersAt + index, part)
    growth.counted[index] = counted
    growth.perSecond[index] = (counted * read) / covered
  }
  growth.read = read
  return true
}
