import type { Snapshot } from '../store/snapshot.ts'
import { initialModel, type Model } from './model.ts'
import type { ScreenEntry, Size } from './screen.ts'
import { type Outward, update } from './update.ts'

/** The interface as it runs: the newest model, changed by keys only. React shows it, and owns nothing of it. */
export interface Session {
  model(): Model
  /** A key pressed on a terminal of this size. Several may come between two commits. */
  press(key: string, terminal: Size): void
  /** Calls back after each change; returns how to stop that. */
  subscribe(listener: () => void): () => void
}

export interface SessionOptions {
  readonly screens: readonly ScreenEntry[]
  readonly snapshot: () => Snapshot
  readonly onEffect: (effect: Outward) => void
  /** Monotonic milliseconds. */
  readonly now: () => number
}

export const createSession = ({ screens, snapshot, onEffect, now }: SessionOptions): Session => {
  const listeners = new Set<() => void>()
  let model = initialModel(screens)

  return {
    model: () => model,
    press(key, terminal) {
      const updated = update(model, key, { snapshot: model.frozen ?? snapshot(), terminal, at: now() })
      model = updated.model
      for (const effect of updated.effects) onEffect(effect)
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
