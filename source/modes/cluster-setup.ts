import { identityOf } from '../cluster/identity.ts'
import { contextsOf } from '../cluster/kubeconfig/contexts.ts'
import type { Settings } from '../config/settings.ts'
import { everyNamespace } from '../config/values.ts'
import type { ClusterIdentity } from '../events/cluster.ts'
import type { Transport } from '../events/link.ts'
import { type ClusterDoor, clusterFeed } from '../feeds/cluster/feed.ts'
import { openKnownNodes } from '../feeds/cluster/known-nodes.ts'
import type { SshOptions } from '../feeds/ssh-door.ts'
import type { ProbeSettings } from '../nodes/probe.ts'
import { clean } from '../text/clean.ts'
import type { ChosenCluster } from './choose-cluster.ts'
import { isRemembered, remember } from './consent-file.ts'
import type { Watching } from './follow.ts'
import type { Surroundings } from './surroundings.ts'

export interface ClusterSetup {
  readonly cluster: ChosenCluster
  readonly settings: Settings
  readonly surroundings: Surroundings
  readonly ssh: SshOptions
  readonly transport: Transport
  readonly probes: ProbeSettings
  readonly optIns: ReadonlySet<string>
}

/** Credentials and the API client are loaded once the first picture stands. */
const openDoor = async ({ cluster: { target }, settings: { namespace } }: ClusterSetup): Promise<ClusterDoor> => {
  const [{ connectCluster }, { watchCluster }, { watchCoredns }] = await Promise.all([
    import('../cluster/connect.ts'),
    import('../cluster/watch-cluster.ts'),
    import('../cluster/coredns/watch-coredns.ts'),
  ])
  const api = connectCluster(target, { environment: process.env })
  const namespaces = [namespace === undefined || namespace === everyNamespace ? target.namespace : namespace]
  return {
    watch: (options) => watchCluster({ ...options, api, namespaces }),
    coredns: (options) => watchCoredns({ ...options, api }),
    close: api.close,
  }
}

/** What is watched of a cluster: what its API server tells, and its nodes. */
export const clusterSetup = async (options: ClusterSetup): Promise<Watching> => {
  const { settings, surroundings, ssh } = options
  const { target, config } = options.cluster
  const { kubeconfig } = settings
  const identity: ClusterIdentity = {
    ...identityOf(target),
    ...(kubeconfig === undefined ? {} : { kubeconfig: clean(kubeconfig, 1000) }),
  }
  // Two contexts may have one name in two kubeconfigs, and two clusters one address at different times.
  const name = `${identity.context ?? ''} ${identity.server}`
  const feed = clusterFeed({
    identity,
    contexts: config === undefined ? [] : contextsOf(config),
    open: () => openDoor(options),
    ssh,
    door: surroundings.door,
    setting: settings.ssh,
    remembered: await isRemembered(surroundings.stateFolder, name),
    remember: () => void remember(surroundings.stateFolder, name).catch(ssh.failed),
    known: openKnownNodes({
      stateFolder: surroundings.stateFolder,
      write: ssh.write,
      failed: ssh.failed,
      cluster: name,
    }),
    map: settings.nodes,
    transport: options.transport,
    settings: options.probes,
    optIns: options.optIns,
    onlyAsked: surroundings.onlyAsked === true,
  })
  return { feed, nodes: 'told by the cluster', optIns: options.optIns }
}
