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
  /** Segments sent again, per second; NaN: that is not known of all of them. */
  readonly again: number
}

export const noSockets: SocketFigures = {
  ...{ sockets: 0, observations: 0, p50: Number.NaN, p99: Number.NaN, max: Number.NaN },
  ...{ least: Number.NaN, again: Number.NaN },
}

/** The round-trip times of all, sorted: as one list, from which every rank is read at once. */
const together = (groups: readonly ServiceGroup[], count: number): Uint32Array => {
  const all = new Uint32Array(count)
  let at = 0
  for (const { group } of groups) {
    if (group.roundTrips.length === count) return group.roundTrips
    all.set(group.roundTrips, at)
    at += group.roundTrips.length
  }
  return all.sort()
}

/** Figures of sockets of one role: those of clients and of servers measure different ways. */
export const figuresOf = (groups: readonly ServiceGroup[]): SocketFigures => {
  if (groups.length === 0) return noSockets
  let [sockets, observations, again, least] = [0, 0, 0, Number.POSITIVE_INFINITY]
  for (const { group, seconds } of groups) {
    sockets += group.sockets
    observations += group.roundTrips.length
    again += group.again / seconds
    if (group.least < least) least = group.least
  }
  const times = together(groups, observations)
  return {
    sockets,
    observations,
    p50: median(times) / 1000,
    p99: observations >= observationsFor(99) ? atRank([times], 99) / 1000 : Number.NaN,
    max: (times.at(-1) ?? Number.NaN) / 1000,
    least: Number.isFinite(least) ? least / 1000 : Number.NaN,
    again: Number.isFinite(again) ? again : Number.NaN,
  }
}
