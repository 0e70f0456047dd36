import { observationsFor } from '../metrics/histogram.ts'
import { atRank, median } from '../metrics/ranks.ts'
import type { ServiceGroup } from './service-sockets.ts'

/** Figures of sockets taken together. Milliseconds; NaN: there is none. */
export interface SocketFigures {
  readonly sockets: number
  /** Sockets whose round-trip time is of now. */
  readonly observations: number
  readonly p50: number
  /** Only of enough observations. */
  readonly p99: number
  readonly max: number
  readonly least: number
  /** Segments sent again, per second. */
  readonly again: number
}

export const noSockets: SocketFigures = {
  ...{ sockets: 0, observations: 0, p50: Number.NaN, p99: Number.NaN, max: Number.NaN },
  ...{ least: Number.NaN, again: Number.NaN },
}

/** The middle of several sorted lists together. */
const middleOf = (lists: readonly Uint32Array[], count: number): number => {
  const [only] = lists
  if (lists.length === 1 && only !== undefined) return median(only)
  const all = new Uint32Array(count)
  let at = 0
  for (const list of lists) {
    all.set(list, at)
    at += list.length
  }
  return median(all.sort())
}

/** Figures of sockets of one role: those of clients and of servers measure different ways. */
export const figuresOf = (groups: readonly ServiceGroup[]): SocketFigures => {
  if (groups.length === 0) return noSockets
  const lists = groups.map(({ group }) => group.roundTrips).filter(({ length }) => length > 0)
  const observations = lists.reduce((sum, { length }) => sum + length, 0)
  const least = Math.min(...groups.map(({ group }) => group.least).filter((value) => !Number.isNaN(value)))
  const rates = groups.map(({ group, seconds }) => group.again / seconds).filter((rate) => Number.isFinite(rate))
  const isEnough = observations >= observationsFor(99)
  return {
    sockets: groups.reduce((sum, { group }) => sum + group.sockets, 0),
    observations,
    p50: observations === 0 ? Number.NaN : middleOf(lists, observations) / 1000,
    p99: isEnough ? atRank(lists, 99) / 1000 : Number.NaN,
    max: observations === 0 ? Number.NaN : Math.max(...lists.map((list) => list.at(-1) ?? 0)) / 1000,
    least: Number.isFinite(least) ? least / 1000 : Number.NaN,
    again: rates.length === 0 ? Number.NaN : rates.reduce((sum, rate) => sum + rate, 0),
  }
}
