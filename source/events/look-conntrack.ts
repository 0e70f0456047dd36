import type { Clean } from '../text/clean.ts'
import type { Address } from './address.ts'
import type { FlowGroups } from './flow-groups.ts'

/** A counter of a table, over all CPUs, by the kernel's name: `drop`, `insert_failed`. */
export interface TableCounter {
  readonly name: Clean
  readonly value: number
}

/**
 * Entries of a table that concern the addresses that are looked for. `client`: they send. `backend`: they answer, whatever
 * was addressed. An entry from one of them to another is in both.
 */
export interface OwnFlows {
  readonly client: FlowGroups
  readonly backend: FlowGroups
  /** Entries that bear one of the addresses otherwise, such as those that are masqueraded behind it. */
  readonly others: number
}

/** What connection tracking has of a pod: its part of the node's table, and a table of its own where it has one. */
export interface SeenConntrack {
  /** Those of its namespace, by which its entries are found. */
  readonly addresses: readonly Address[]
  /** Of the node's table; `maximum` 0: no limit. */
  readonly entries: number
  readonly maximum: number
  /** CPU milliseconds that a listing is expected to take. */
  readonly expectedCost: number
  /** So many entries are listed only when a person says yes to the cost. */
  readonly isQuestion: boolean
  /** Its part of the node's table; not there: it was not listed, `lacks` or `isQuestion` says why. */
  readonly flows?: OwnFlows
  /** CPU milliseconds that all of the look took; not there where nothing was listed. */
  readonly cost?: number
  /** The table of its own namespace, which is the node's where it is on the host's network. */
  readonly own?: {
    readonly entries: number
    readonly counters: readonly TableCounter[]
    /** Not there: as with `flows`; or it is the node's. */
    readonly flows?: FlowGroups
  }
}
