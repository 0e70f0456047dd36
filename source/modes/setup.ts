import { hostname } from 'node:os'
import { didYouMean } from '../config/nearest.ts'
import { provenanceText, type Settings } from '../config/settings.ts'
import { WrongUse } from '../config/wrong-use.ts'
import type { Transport } from '../events/link.ts'
import { isNodeName, type NodeName } from '../events/subject.ts'
import { liveFeed, type NodeTarget } from '../feeds/live.ts'
import { connectLocal } from '../nodes/connections/local.ts'
import type { ProbeSettings } from '../nodes/probe.ts'
import { optIns } from '../nodes/probes.ts'
import type { Watching } from './follow.ts'

const fallback = 'localhost' as NodeName

/** The name under which this machine stands: its host name, or `localhost` where that is no name of a node. */
export const localName = (name = hostname()): NodeName => (isNodeName(name) ? name : fallback)

/**
 * The opt-ins that settings ask for on nodes watched in one way. Throws {@link WrongUse} for a name that is not among
 * `known`, also where it is not meant for this connection.
 */
export const askedFor = (
  settings: Pick<Settings, 'with' | 'provenance'>,
  known: readonly string[],
  transport: Transport,
): ReadonlySet<string> => {
  const unknown = settings.with.find(({ name }) => name !== 'all' && !known.includes(name))
  if (unknown !== undefined) {
    const place = provenanceText(settings.provenance.with)
    const meant = didYouMean(unknown.name, known) || `: known are ${known.join(', ') || 'none'}`
    throw new WrongUse(`${place}: no opt-in is called "${unknown.name}"${meant}`)
  }
  const meant = settings.with.filter(({ connection }) => connection === undefined || connection === transport)
  return new Set(meant.flatMap(({ name }) => (name === 'all' ? known : [name])))
}

const probeSettings = (settings: Settings): ProbeSettings => ({
  etcdMetrics: settings.etcdMetrics,
  ...(settings.diskProbeFolder === undefined ? {} : { diskProbeFolder: settings.diskProbeFolder }),
  // A local connection is no socket.
  ownPeers: [],
})

/** What is watched without a cluster: this machine. Throws {@link WrongUse} for an opt-in that does not exist. */
export const setup = (settings: Settings): Watching => {
  const names = optIns.map(({ name }) => name)
  const target: NodeTarget = {
    node: localName(),
    transport: 'local',
    connect: connectLocal,
    settings: probeSettings(settings),
    optIns: askedFor(settings, names, 'local'),
  }
  return { feed: liveFeed([target]), nodes: [target.node] }
}
