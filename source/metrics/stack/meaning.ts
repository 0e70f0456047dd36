/** What a counter of the stack tells of, in the order in which trouble is looked for. */
export type StackGroup =
  | 'retransmits'
  | 'resets'
  | 'listen'
  | 'timeouts'
  | 'out of order'
  | 'memory'
  | 'UDP'
  | 'IP'
  | 'ICMP'
  | 'TCP'
  | 'other'

/**
 * `bad`: something is lost or refused. `hint`: it goes with trouble, or with a peer's. `plain`: what there is of traffic, to hold
 * the others against.
 */
export type StackWeight = 'bad' | 'hint' | 'plain'

export interface StackMeaning {
  readonly group: StackGroup
  readonly weight: StackWeight
  /** One sentence. */
  readonly text: string
}

/** Name, weight and sentence of one counter; of both families, where the kernel has the name with and without a 6. */
export type Row = readonly [name: string, weight: StackWeight, text: string]
