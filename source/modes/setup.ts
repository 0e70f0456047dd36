import { hostname } from 'node:os'
import { join } from 'node:path'
import { provenanceText, type Settings } from '../config/settings.ts'
import { writeStateFile } from '../config/state-folder.ts'
import { WrongUse } from '../config/wrong-use.ts'
import type { Transport } from '../events/link.ts'
import { isNodeName, type NodeName } from '../events/subject.ts'
import { type Hosts, liveFeed } from '../feeds/live.ts'
import type { NodeTarget } from '../feeds/node-watches.ts'
import { connectLocal } from '../nodes/connections/local.ts'
import type { Probe, ProbeSettings } from '../nodes/probe.ts'
import { optInNames } from '../nodes/probes.ts'
import { didYouMean } from '../text/nearest.ts'
import { descriptorWarning } from './descriptors.ts'
import type { Watching } from './follow.ts'
import { hostsOf } from './hosts.ts'
import { runFolder } from './run-folder.ts'
import type { Surroundings } from './surroundings.ts'

const fallback = 'localhost' as NodeName

/** The name under which this machine stands: its host name, or `localhost` where that is no name of a node. */
export const localName = (name = hostname()): NodeName => (isNodeName(name) ? name : fallback)

/**
 * The opt-ins that settings ask for on nodes watched in one way. Throws {@link WrongUse} for a name that none has,
 * also where it is not meant for this connection.
 */
export const askedFor = (
  settings: Pick<Settings, 'with' | 'provenance' | 'contextOptIns'>,
  transport: Transport,
): ReadonlySet<string> => {
  const named = [{ with: settings.with, provenance: settings.provenance.with }, ...(settings.contextOptIns ?? [])]
  for (const one of named) {
    const unknown = one.with.find(({ name }) => name !== 'all' && !optInNames.includes(name))
    if (unknown === undefined) continue
    const meant = didYouMean(unknown.name, optInNames) || `: known are ${optInNames.join(', ')}`
    throw new WrongUse(`${provenanceText(one.provenance)}: no opt-in is called "${unknown.name}"${meant}`)
  }
  const meant = settings.with.filter(({ connection }) => connection === undefined || connection === transport)
  return new Set(meant.flatMap(({ name }) => (name === 'all' ? optInNames : [name])))
}

export const probeSettings = (settings: Settings): ProbeSettings => ({
  etcdMetrics: settings.etcdMetrics,
  ...(settings.diskProbeFolder === undefined ? {} : { diskProbeFolder: settings.diskProbeFolder }),
  ...(settings.sudo === 'none' ? {} : { sudo: settings.sudo }),
  // A local connection is no socket.
  ownPeers: [],
})

/** On this machine the state folder is known by name: the screen can say where the disk probe writes. */
export const localSettings = (
  settings: Settings,
  { stateFolder }: Pick<Surroundings, 'stateFolder'>,
): ProbeSettings => ({
  ...(stateFolder === undefined ? {} : { diskProbeFolder: stateFolder }),
  ...probeSettings(settings),
})

const failed = (error: unknown): void =>
  void process.stderr.write(`kntop: cannot be kept: ${error instanceof Error ? error.message : String(error)}\n`)

const sshOptions = (settings: Settings, { stateFolder }: Surroundings): Hosts['options'] => ({
  configFile: settings.sshConfig,
  transport: settings.transport,
  stateFolder,
  controlFolder: stateFolder === undefined ? runFolder() : join(stateFolder, 'control'),
  write: (name, content) =>
    stateFolder === undefined ? Promise.resolve() : writeStateFile(stateFolder, name, content),
  failed,
  environment: process.env,
  wall: Date.now,
})

/**
 * What is watched: the cluster, the hosts that are named, else this machine. Rejects with {@link WrongUse} for an opt-in
 * that does not exist, or hosts that nobody knows.
 */
export const setup = async (settings: Settings, surroundings: Surroundings): Promise<Watching> => {
  const sampled: readonly Probe[] | undefined = surroundings.onlyAsked === true ? [] : undefined
  // Until a connection says its own.
  const transport = settings.transport === 'openssh' ? 'openssh' : 'ssh'
  if (surroundings.cluster !== undefined) {
    const { clusterSetup } = await import('./cluster-setup.ts')
    return clusterSetup({
      cluster: surroundings.cluster,
      settings,
      surroundings,
      ssh: sshOptions(settings, surroundings),
      transport,
      probes: probeSettings(settings),
      optIns: askedFor(settings, transport),
    })
  }
  const hosts = surroundings.local === true ? [] : await hostsOf(settings)
  if (hosts.length === 0) {
    const target: NodeTarget = {
      settings: localSettings(settings, surroundings),
      node: localName(),
      transport: 'local',
      connect: connectLocal,
      optIns: askedFor(settings, 'local'),
    }
    return { feed: liveFeed([target], undefined, sampled), nodes: [target.node], optIns: target.optIns }
  }
  const warning = descriptorWarning(hosts.length, transport)
  if (warning !== undefined) process.stderr.write(`kntop: ${warning}\n`)
  const shared = { transport, settings: probeSettings(settings), optIns: askedFor(settings, transport) } as const
  const nodes = hosts.map((host) => ({ ...shared, node: host, host }))
  const feed = liveFeed([], { nodes, options: sshOptions(settings, surroundings), door: surroundings.door }, sampled)
  return { feed, nodes: hosts, optIns: shared.optIns }
}
