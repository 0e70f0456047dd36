import type { Clean } from '../text/clean.ts'
import type { Address } from './address.ts'

/** Whom a pod talks to, or has just talked to: its TCP sockets with one peer. Figures that the kernel did not tell are not there. */
export interface TalkPartner {
  readonly address: Address
  readonly port: number
  readonly sockets: number
  /** Those of them whose connection is over: the kernel keeps them for a minute. */
  readonly over: number
  /** Those of them that wait for the first answer. */
  readonly opening: number
  /** Milliseconds: the median of the sockets' smoothed round trips, and the least that any of them saw. */
  readonly rtt?: number
  readonly leastRtt?: number
  /** Segments sent again by the sockets that are open. */
  readonly retransmits?: number
  /** Bytes that wait to be sent or to be acknowledged. */
  readonly sendQueue: number
}

/** Counters of an interface since it came to be, and how fast they grow; no rates in the first look. */
export interface PathInterface {
  readonly name: Clean
  readonly drops: number
  readonly errors: number
  readonly dropsPerSecond?: number
  readonly errorsPerSecond?: number
  /** What waits in its queue, bytes, and what that dropped; not there where nobody tells. */
  readonly queue?: { readonly name: Clean; readonly backlog: number; readonly drops: number }
}

/** TCP of a namespace: since the look before, and since it came to be. */
export interface PathTcp {
  readonly sent: number
  readonly sentAgain: number
  /** Not there in the first look, and where nothing was sent. */
  readonly window?: { readonly seconds: number; readonly sent: number; readonly sentAgain: number }
}

/** What is measured of the first hops of what a pod sends. */
export interface SeenPath {
  readonly tcp?: PathTcp
  /** Most sockets first. */
  readonly partners: readonly TalkPartner[]
  /** Partners that are counted and not told. */
  readonly beyond: number
  /** Its end of the cable; not there on the host's network. */
  readonly inside?: PathInterface
  /** The node's end of the cable. */
  readonly outside?: PathInterface
  /** What the node's end is plugged into. */
  readonly bridge?: PathInterface
}
