import { type Clean, clean } from '../text/clean.ts'
import type { Target } from './kubeconfig/target.ts'

/** Whether the server proved to be the one that is meant. */
export type TlsState = 'verified' | 'not verified' | 'plain http'

/** Which cluster this is and who we are there, for the header. */
export interface Identity {
  /** The name in the kubeconfig; undefined inside a cluster. */
  readonly context: Clean | undefined
  readonly server: Clean
  readonly user: Clean
  /** On whose behalf, where it is not our own. */
  readonly as: Clean | undefined
  readonly namespace: Clean
  readonly tls: TlsState
}

export const identityOf = ({ context, server, userName, impersonation, namespace, cluster }: Target): Identity => ({
  context: context === undefined ? undefined : clean(context, 253),
  server: clean(server.href.replace(/\/$/, ''), 253),
  user: clean(userName || 'nobody', 253),
  as: impersonation === undefined ? undefined : clean(impersonation.user, 253),
  namespace: clean(namespace, 63),
  tls: server.protocol === 'http:' ? 'plain http' : cluster['insecure-skip-tls-verify'] ? 'not verified' : 'verified',
})
