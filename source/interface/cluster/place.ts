import type { ClusterIdentity } from '../../events/cluster.ts'
import type { ApiStatus } from '../../events/sources.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import type { Segment } from '../../text/colour.ts'
import { formatAge, formatValue } from '../../text/units.ts'
import { widthOf } from '../../text/width.ts'
import { cutMiddle, segment } from '../lines.ts'
import type { Theme } from '../theme.ts'
import { type Resource, statusOf } from './sources.ts'

type Line = readonly Segment[]

const space = segment(' ')

/** The context's name, cut in the middle, since clouds begin theirs with words that are the same for all. */
export const contextSegment = ({ context }: ClusterIdentity, width: number, theme: Theme): Segment => ({
  text: cutMiddle(context ?? clean('in cluster'), Math.max(5, width), theme.glyphs.ellipsis),
  style: 'title',
})

/** That the server need not be the one that is meant; nothing where it proved to be. */
export const tlsSegments = ({ tls }: ClusterIdentity, theme: Theme): Line =>
  tls === 'verified'
    ? []
    : [segment(`${theme.glyphs.standing.warning} ${tls === 'plain http' ? tls : 'TLS unchecked'}`, 'warning')]

/** The server with its version, which gives way to what is wrong with its identity. */
export const serverLine = (
  identity: ClusterIdentity,
  api: ApiStatus | undefined,
  width: number,
  theme: Theme,
): Line => {
  const server = clean(identity.server.replace(/^https?:\/\//, ''))
  const tls = tlsSegments(identity, theme).flatMap((part) => [space, part])
  const version = api === undefined || api.version === '' ? [] : [space, { text: api.version, style: 'dim' } as const]
  const cells = (parts: Line): number => parts.reduce((sum, { text }) => sum + widthOf(text), 0)
  const least = Math.min(widthOf(server), 12)
  const rest = [[...version, ...tls], tls].find((parts) => cells(parts) + least <= width) ?? tls
  const text = cutMiddle(server, Math.max(1, width - cells(rest)), theme.glyphs.ellipsis)
  return [{ text, style: 'plain' }, ...rest]
}

/** `45ms  watch 3s`: how long our last small call took, and when a watch last told of anything; else why there is none. */
export const apiLine = (snapshot: Snapshot, theme: Theme): Line => {
  const { api } = snapshot.sources
  if (api === undefined) return [segment('not asked yet', 'dim')]
  const heard = Number.isNaN(api.heard) ? '-' : formatAge(Math.max(0, snapshot.at - api.heard) / 1000)
  switch (api.state) {
    case 'starting':
      return [segment(api.cause === '' ? 'connecting' : `connecting: ${api.cause}`, 'note')]
    case 'live':
      return [segment(`${formatValue(api.latency, 'ms')}  watch ${heard}`)]
    case 'stale': {
      const since = formatAge(Math.max(0, snapshot.at - api.since) / 1000)
      return [segment(`${theme.glyphs.standing.critical} stale ${since}: ${api.cause}`, 'critical')]
    }
  }
}

/** That the API server does not answer, in few words, for a header of one line. */
export const apiTrouble = ({ sources, at }: Snapshot): Line => {
  const { api } = sources
  if (api === undefined || api.state !== 'stale') return []
  return [segment(`API stale ${formatAge(Math.max(0, at - api.since) / 1000)} `, 'critical')]
}

const resources: readonly Resource[] = ['nodes', 'pods', 'services', 'endpointslices', 'namespaces']

/** `api 5 watches`, and what of it is only listed now and then, out of date, or not allowed. */
export const apiCounts = (snapshot: Snapshot): Line => {
  if (snapshot.cluster === undefined) return []
  const states = resources.map((resource) => statusOf(snapshot, resource)?.state ?? 'starting')
  const count = (...wanted: readonly string[]): number => states.filter((state) => wanted.includes(state)).length
  const watches = count('live')
  const words = [
    `${watches} ${watches === 1 ? 'watch' : 'watches'}`,
    ...([['polling', 'polled'], ['stale'], ['denied'], ['absent']] as const).flatMap(([state, word = state]) =>
      count(state) === 0 ? [] : [`${count(state)} ${word}`],
    ),
  ]
  return [segment(`api ${words.join(', ')}  `, count('stale', 'denied') > 0 ? 'warning' : 'dim')]
}
