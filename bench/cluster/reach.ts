import { type ClusterApi, connectCluster } from '../../source/cluster/connect.ts'
import { findCluster } from '../../source/cluster/kubeconfig/load.ts'
import { createHttpApi } from '../../test/cluster/support/http-api.ts'
import { isOrigin } from './origin.ts'

/** kntop's own way to a cluster: a plain origin, or the file of a kubeconfig. */
export const reach = async (cluster: string): Promise<ClusterApi> => {
  if (isOrigin(cluster)) return createHttpApi(cluster)
  const found = await findCluster({ kubeconfig: cluster, environment: {} })
  if (found.state !== 'found') throw new Error(found.cause)
  return connectCluster(found.target, { environment: {} })
}
