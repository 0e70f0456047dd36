import type { Clean } from '../text/clean.ts'

/** One of the counters that a namespace keeps of its protocols. */
export interface StackCounter {
  /** As nstat names it: `TcpRetransSegs`, `Ip6InNoRoutes`. */
  readonly name: Clean
  /** Since the namespace was made; of what may fall, such as `TcpCurrEstab`, how many there are. */
  readonly value: number
  /** Since the look before, by the node's own clock; not there in the first look, and of what may fall. */
  readonly perSecond?: number
}

export interface SeenStack {
  readonly counters: readonly StackCounter[]
  /** The node's uptime in seconds as it was looked at. */
  readonly uptime: number
  /** What the namespace is known by: counters of another one are not compared with these. */
  readonly identity: Clean
  /** Seconds that rates are of; not there where there are none. */
  readonly seconds?: number
}
