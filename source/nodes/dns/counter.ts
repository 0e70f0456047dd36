import type { Absence } from '../../events/origin.ts'
import { clean } from '../../text/clean.ts'
import type { Answer } from './answer.ts'
import { classify, type Vantage } from './classify.ts'
import { type ClientTallyView, createClientTally } from './client-tally.ts'
import { createDuplicates, type DuplicateLimits, horizon } from './duplicates.ts'
import { rcode } from './message.ts'
import { createPcapClock } from './pcap-clock.ts'
import { createSeconds } from './seconds.ts'
import { createServers } from './servers.ts'
import { createTally, paneSeconds, type TallyView } from './tally.ts'

/** A figure, the seconds it covers, and for a share its denominator. Shares are percentages. */
export interface Figure {
  readonly value: number
  readonly window: number
  readonly observations?: number
}

/** What the seconds that are complete now and were not before say, and the last minute. */
export interface DnsReading {
  /**
   * Answers per second in those seconds: usually one, two or none where the period's end and the second's fall together.
   * Undefined: none. So no answer is told twice, and none left out.
   */
  readonly lookups: Figure | Absence | undefined
  readonly served: Figure | Absence | undefined
  readonly upstream: Figure | Absence | undefined
  /** Of the lookups of the last minute, or of as much of it as a capture has run without a break. */
  readonly nxdomainShare: Figure | Absence
  readonly servfailShare: Figure | Absence
  /** The last complete second, by the capture's clock; undefined while there is none. */
  readonly second: number | undefined
  /** False if, in the last minute, more answers came than the table of duplicates holds: some may count twice. */
  readonly exact: boolean
  /** Answers left out so far because they came too long after newer ones. */
  readonly late: number
}

export interface DnsTallies {
  readonly names: TallyView
  readonly clients: TallyView
  /** Seconds that the rows cover. */
  readonly seconds: number
}

export interface DnsCounter {
  /** Counts one captured answer. Copies of it, from another capture or interface, do not count again. */
  add(answer: Answer): void
  /**
   * Ends a period, usually a second, and says what is complete. `at`: our monotonic time in seconds. `running`: whether
   * some capture has been up for the whole period; only then does a second without packets count as 0.
   */
  complete(at: number, running: boolean): DnsReading
  /** The `most` busiest names and clients, as of the last `complete`. */
  tallies(most: number): DnsTallies
  /** Who asked for which names, over the same seconds. */
  byClient(): ClientTallyView
}

export interface DnsCounterOptions {
  readonly vantage: Vantage
  /** Whether an address is this node's or one of its pods'. */
  readonly own: (address: string) => boolean
  readonly duplicates?: DuplicateLimits
}

/** Seconds of lookups behind a share. */
const shareWindow = 60
/**
 * Seconds that a finished second waits for packets still on their way: the kernel hands them over in blocks, up to 1 s late
 * (libpcap with TPACKET_V3 and tcpdump's timeout).
 */
const settle = 1.5
// What is learned of the capture's clock may take back a second or two.
const slack = 5
// At first the clocks are matched to the age of one packet: a block of the kernel and one of our periods.
const startUp = 2

const absent = (advice: string): Absence => ({ missing: 'no-data', advice: clean(advice) })
const tooEarly = absent('The capture has not run for a whole second yet: wait a moment.')
const noLookups = absent('No lookup was answered in the last minute, so there is nothing to take a share of.')

/** Folds captured answers into DNS figures of one node. Memory is bounded whatever arrives. */
export const createDnsCounter = (options: DnsCounterOptions): DnsCounter => {
  const clock = createPcapClock()
  const servers = createServers()
  let duplicates = createDuplicates(options.duplicates)
  let seconds = createSeconds()
  let names = createTally()
  let clients = createTally()
  let pairs = createClientTally()
  let newest = Number.NEGATIVE_INFINITY
  let late = 0
  let uncertainUntil = Number.NEGATIVE_INFINITY
  // Our time from which on a capture has run without a break, our time of the last tick, and the same by packet time.
  let since: number | undefined
  // The last second that has been told.
  let told = Number.NEGATIVE_INFINITY
  let ticked = { at: 0, time: 0 }

  const add = (answer: Answer): void => {
    const { at, server, client, name } = answer
    clock.saw(at)
    if (at < newest - horizon) {
      late += 1
      return
    }
    newest = Math.max(newest, at)
    if (options.own(server)) servers.answered(server, at)
    const serves = (address: string): boolean => servers.serves(address, at)
    const role = classify(options.vantage, server, client, { own: options.own, server: serves })
    if (role === undefined) return
    if (!duplicates.first(`${client} ${answer.clientPort} ${answer.id} ${answer.type} ${name}`, at)) return
    seconds.count(Math.floor(at), role, answer.rcode)
    if (role !== 'lookups') return
    const who = clean(client)
    names.add(name, at)
    clients.add(who, at)
    pairs.add(who, name, answer.rcode === rcode.nxdomain, at)
  }

  const restart = (at: number): void => {
    duplicates = createDuplicates(options.duplicates)
    seconds = createSeconds()
    names = createTally()
    clients = createTally()
    pairs = createClientTally()
    newest = Number.NEGATIVE_INFINITY
    told = Number.NEGATIVE_INFINITY
    since = at
  }

  const complete = (at: number, running: boolean): DnsReading => {
    const { now, stepped } = clock.tick(at)
    if (!running || stepped || since === undefined) restart(at)
    const time = now ?? at
    // Before the first packet seconds are our own.
    if (ticked.time === ticked.at && now !== undefined) told = Math.floor(told + now - at)
    ticked = { at, time }
    if (duplicates.forgotten() > 0) uncertainUntil = at + shareWindow
    const last = Math.floor(time - settle) - 1
    const first = Math.ceil(time - (at - (since ?? at))) + startUp
    const from = Math.max(first, last - shareWindow + 1)
    seconds.forgetBefore(from - slack)
    return { ...figures(from, last), exact: at > uncertainUntil, late }
  }

  const figures = (from: number, last: number): Omit<DnsReading, 'exact' | 'late'> => {
    const window = last - from + 1
    if (window < 1)
      return {
        lookups: tooEarly,
        served: tooEarly,
        upstream: tooEarly,
        nxdomainShare: tooEarly,
        servfailShare: tooEarly,
        second: undefined,
      }
    const minute = seconds.sum(from, last)
    const next = Math.max(from, told + 1)
    const news = seconds.sum(next, last)
    const each = (count: number): Figure | undefined =>
      next > last ? undefined : { value: count / (last - next + 1), window: last - next + 1 }
    told = Math.max(told, last)
    const share = (part: number): Figure | Absence =>
      minute.lookups === 0 ? noLookups : { value: (100 * part) / minute.lookups, observations: minute.lookups, window }
    return {
      lookups: each(news.lookups),
      served: each(news.served),
      upstream: each(news.upstream),
      nxdomainShare: share(minute.nxdomain),
      servfailShare: share(minute.servfail),
      second: last,
    }
  }

  const tallies = (most: number): DnsTallies => {
    const { at, time } = ticked
    const panes = paneSeconds + (((time % paneSeconds) + paneSeconds) % paneSeconds)
    return {
      names: names.view(time, most),
      clients: clients.view(time, most),
      seconds: Math.min(panes, at - (since ?? at)),
    }
  }

  return { add, complete, tallies, byClient: () => pairs.view(ticked.time) }
}
