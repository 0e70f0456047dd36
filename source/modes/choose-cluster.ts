import type { Found } from '../cluster/kubeconfig/load.ts'
import { provenanceText, type Settings } from '../config/settings.ts'
import { everyNamespace } from '../config/values.ts'
import { WrongUse } from '../config/wrong-use.ts'

/** A cluster that settings and kubeconfig name. */
export type ChosenCluster = Extract<Found, { state: 'found' }>

/** That there is none to watch, and why, where nobody asked for one. */
export type NoCluster = Extract<Found, { state: 'none' }>

type Named = Pick<Settings, 'kubeconfig' | 'context' | 'namespace' | 'as' | 'hosts' | 'hostsFile' | 'provenance'>

/** Where a cluster was asked for: there must be one then. */
const askedBy = ({ kubeconfig, context, provenance }: Named): string | undefined => {
  if (context !== undefined) return provenanceText(provenance.context)
  return kubeconfig === undefined ? undefined : provenanceText(provenance.kubeconfig)
}

/**
 * The cluster to watch, or why there is none, so that it is this machine; undefined: hosts are named. Rejects with {@link WrongUse} where the
 * kubeconfig is wrong, or a cluster was asked for that is not there.
 */
export const chooseCluster = async (
  settings: Named,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ChosenCluster | NoCluster | undefined> => {
  const asked = askedBy(settings)
  // Hosts that are named are the answer to what is to be watched.
  if (asked === undefined && (settings.hosts.length > 0 || settings.hostsFile !== undefined)) return undefined
  const { findCluster } = await import('../cluster/kubeconfig/load.ts')
  const { kubeconfig, context, namespace, as } = settings
  const found = await findCluster({
    kubeconfig,
    context,
    namespace: namespace === everyNamespace ? undefined : namespace,
    as,
    environment,
  })
  if (found.state === 'found') return found
  if (found.state === 'none' && asked === undefined) return found
  const by = asked === undefined ? '' : `${asked}: `
  throw new WrongUse(`${by}${found.cause}; --local watches this machine without a cluster`)
}
