import type { Snapshot } from '../store/snapshot.ts'
import type { Model } from './model.ts'
import type { Effect, Size } from './screen.ts'

/** What a key press happens in: what is shown, and how it is by now where that is frozen. `at`: monotonic milliseconds. */
export interface Moment {
  readonly snapshot: Snapshot
  readonly live: Snapshot
  readonly terminal: Size
  readonly at: number
}

/** What the interface cannot do itself. */
export type Outward =
  | Extract<Effect, { type: 'opt-in' | 'answer' | 'retry' | 'sample-now' | 'inquire-again' | 'redraw' | 'quit' }>
  /** What the terminal is told beside its pictures. */
  | { readonly type: 'control'; readonly sequence: string }

export interface Updated {
  readonly model: Model
  readonly effects: readonly Outward[]
}

/** A model, and nothing that follows from it. */
export const still = (model: Model): Updated => ({ model, effects: [] })
