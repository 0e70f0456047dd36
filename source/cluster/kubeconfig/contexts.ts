import type { ClusterContext } from '../../events/cluster.ts'
import { clean } from '../../text/clean.ts'
import type { Kubeconfig } from './entries.ts'

/** What a kubeconfig leads to, as the screens list it: nothing of it that is secret, and nothing that would have to be right. */
export const contextsOf = ({ contexts, clusters }: Kubeconfig): readonly ClusterContext[] =>
  Array.from(contexts, ([name, { value }]) => ({
    name: clean(name, 253),
    server: clean(withoutSecrets(clusters.get(value.cluster ?? '')?.value.server ?? ''), 253),
    user: clean(value.user ?? '', 253),
    namespace: clean(value.namespace || 'default', 63),
  }))

/** Somebody may have written a password into the address: that is refused once the context is used, but not drawn either. */
const withoutSecrets = (server: string): string => server.replace(/^([a-z][a-z0-9+.-]*:\/\/)?[^/@]*@/i, '$1')
