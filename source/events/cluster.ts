import type { Clean } from '../text/clean.ts'

/** Which cluster is watched, and who we are there. */
export interface ClusterIdentity {
  /** The name in the kubeconfig; undefined inside a cluster. */
  readonly context: Clean | undefined
  readonly server: Clean
  readonly user: Clean
  /** On whose behalf, where it is not our own. */
  readonly as: Clean | undefined
  readonly namespace: Clean
  /** Whether the server proves to be the one that is meant. */
  readonly tls: 'verified' | 'not verified' | 'plain http'
}
