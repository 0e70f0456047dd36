import type { ClusterIdentity } from '../events/cluster.ts'
import { clean } from '../text/clean.ts'
import type { Target } from './kubeconfig/target.ts'

/** Which cluster a target leads to, and who we are there. */
export const identityOf = ({
  context,
  server,
  userName,
  impersonation,
  namespace,
  cluster,
}: Target): ClusterIdentity => ({
  context: context === undefined ? undefined : clean(context, 253),
  server: clean(server.href.replace(/\/$/, ''), 253),
  user: clean(userName || 'nobody', 253),
  as: impersonation === undefined ? undefined : clean(impersonation.user, 253),
  namespace: clean(namespace, 63),
  tls: server.protocol === 'http:' ? 'plain http' : cluster['insecure-skip-tls-verify'] ? 'not verified' : 'verified',
})
