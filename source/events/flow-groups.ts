import type { Clean } from '../text/clean.ts'
import type { Address } from './address.ts'

/** Tracked connections that are alike but for the client's port. */
export interface FlowGroup {
  /** `tcp`, `udp`, `icmp`. */
  readonly protocol: Clean
  /** `ESTABLISHED`, `TIME_WAIT`; empty for protocols that have none. */
  readonly state: Clean
  /** `assured`: the kernel does not put it out for another one. */
  readonly standing: 'assured' | 'unreplied' | 'replied'
  /** As the client sent it. */
  readonly source: Address
  readonly destination: Address
  /** Of the destination; not there for protocols without ports. */
  readonly port?: number
  /** From whom an answer comes: another one than the destination, where that was translated. */
  readonly answerer: Address
  /** Of the answerer: another one than the destination's, where that was translated; not there for protocols without ports. */
  readonly answererPort?: number
  /** Whom an answer is sent to: another one than the source, where that was translated. */
  readonly answered: Address
  readonly count: number
}

/** Groups, the largest first, and how many connections are in none of them. */
export interface FlowGroups<Group extends FlowGroup = FlowGroup> {
  readonly groups: readonly Group[]
  readonly rest: number
  /** Of the groups and of the rest. */
  readonly total: number
}
