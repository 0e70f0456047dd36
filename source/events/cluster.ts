import type { Clean } from '../text/clean.ts'

/** Which cluster is watched, and who we are there. */
export interface ClusterIdentity {
  /** The kubeconfig, where it was named by `--kubeconfig` or a setting. */
  readonly kubeconfig?: Clean
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

/** A context of the kubeconfig: which cluster it leads to, and as whom. */
export interface ClusterContext {
  readonly name: Clean
  /** The address of the API server; empty where the context names a cluster that is not there. */
  readonly server: Clean
  /** The name of the user entry. */
  readonly user: Clean
  readonly namespace: Clean
}
