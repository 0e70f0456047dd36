import type { Take } from './take.ts'

/** When the takes of one group were read: they are read together. Mutable as {@link Held} is. */
export interface Reads {
  /** Node uptime in seconds at the last read, NaN before the first or after a gap. */
  at: number
  /** Seconds between the last two reads, NaN at the first or after a gap. */
  seconds: number
  /** Number of the frame of the last read. */
  frame: number
}

/** Frames that were read of a node, by all samplers that carry on the same {@link Held}. Mutable as that is. */
export interface FrameCount {
  frames: number
}

/** One take as last read. Mutable: the decoder writes it in place, frame by frame. */
export interface Held {
  readonly take: Take
  lines: string[]
  there: boolean | undefined
  /** The same object for all takes of its group. */
  readonly reads: Reads
}
