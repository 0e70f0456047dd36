import type { ApiStatus, SourceEvent, SourceName, SourceStatus } from '../events/sources.ts'
import type { Now } from './now.ts'

/** How the sources of a cluster fare; replaced, never written. */
export interface Sources {
  /** Undefined while no API server is asked. */
  readonly api: ApiStatus | undefined
  readonly byName: ReadonlyMap<SourceName, SourceStatus>
}

export const noSources: Sources = { api: undefined, byName: new Map() }

export const withSource = (sources: Sources, event: SourceEvent): Sources =>
  event.type === 'api'
    ? { ...sources, api: event.status }
    : { ...sources, byName: new Map(sources.byName).set(event.source, event.status) }

/**
 * How a source fares; undefined: nothing was told of it. While the server says nothing, what was told of every change is as old
 * as its last word: a connection that is open and silent is not noticed by itself for a long time.
 */
export const statusIn = ({ api, byName }: Sources, source: SourceName): SourceStatus | undefined => {
  const status = byName.get(source)
  if (status === undefined || api?.state !== 'stale' || (status.state !== 'live' && status.state !== 'polling'))
    return status
  const lastWord = api.heard > api.since ? api.heard : api.since
  return { ...status, state: 'stale', cause: api.cause, known: status.state === 'live' ? lastWord : status.known }
}

/** Seconds since what is known of a source held; 0 while it is told of every change, NaN before it was known. */
export const sourceAge = ({ state, known }: SourceStatus, now: Now): number =>
  state === 'live' ? 0 : Math.max(0, now.at - known) / 1000

/**
 * Seconds since a time that the API server wrote, by its own clock, within half a second; NaN where either is unknown. Never
 * below 0: a kubelet's clock may be ahead of it.
 */
export const serverAge = (time: number, { api }: Sources, now: Now): number =>
  Math.max(0, now.at + (api?.ahead ?? Number.NaN) - time) / 1000

/** Whether its records say anything at all: it was read at least once, if not now. */
export const isKnown = ({ state, known }: SourceStatus): boolean =>
  state === 'live' || state === 'polling' || !Number.isNaN(known)
