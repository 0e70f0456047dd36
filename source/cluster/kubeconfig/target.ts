import type { Cluster, User } from './entries.ts'

/** On whose behalf the API server is asked to act (RBAC verb `impersonate`). */
export interface Impersonation {
  readonly user: string
  readonly uid?: string
  readonly groups: readonly string[]
  readonly extra: Readonly<Record<string, readonly string[]>>
}

/** One API server and who we are to it: a context of the kubeconfig, checked. */
export interface Target {
  /** Undefined inside a cluster without a kubeconfig. */
  readonly context: string | undefined
  /** Where it is: scheme, host, port and perhaps a path before that of every request. */
  readonly server: URL
  /** Undefined: what the context names, else `default`. */
  readonly namespace: string
  readonly cluster: Cluster
  /** Name of the user entry, and what it holds. */
  readonly userName: string
  readonly user: User
  readonly impersonation: Impersonation | undefined
}
