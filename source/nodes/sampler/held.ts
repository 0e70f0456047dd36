import type { Take } from './take.ts'

/** One take as last read. Mutable: the decoder writes it in place, frame by frame. */
export interface Held {
  readonly take: Take
  lines: string[]
  there: boolean | undefined
  /** Node uptime in seconds at the last read, NaN before the first or after a gap. */
  readAt: number
  /** Seconds between the last two reads, NaN at the first or after a gap. */
  seconds: number
  /** Number of the frame in which it was last read. */
  frame: number
}
