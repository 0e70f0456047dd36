import type { Clean } from '../text/clean.ts'
import type { NamespaceKey } from './sampler/take.ts'

/** The network namespaces that a node has beside its own: those that the sampler is to read, or why it reads none. */
export type OtherNamespaces =
  | { readonly kind: 'known'; readonly keys: readonly NamespaceKey[]; readonly found: number }
  | { readonly kind: 'unknown'; readonly cause: Clean }

/** How the sampler reads them. */
export interface NamespaceReads {
  readonly others: OtherNamespaces
  /** Seconds in which each is read once. */
  readonly every: number
}
