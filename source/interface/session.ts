import type { Inquiry } from '../events/inquiry.ts'
import type { Snapshot } from '../store/snapshot.ts'
import { keepUp } from './answering.ts'
import { flash, initialModel, type Model, topOf } from './model.ts'
import type { Moment, Outward, Updated } from './moment.ts'
import { paste } from './prompt.ts'
import type { ScreenEntry, Size } from './screen.ts'
import { update } from './update.ts'

/** The interface as it runs: the newest model, changed by keys, and by what is asked of a person. React shows it, and owns nothing of it. */
export interface Session {
  model(): Model
  /** A key pressed on a terminal of this size. Several may come between two commits. */
  press(key: string, terminal: Size): void
  /** A text that was pasted: never taken for keys. */
  paste(text: string): void
  /** What is asked may have changed: a question that went away takes what was typed for it along. */
  refresh(): void
  /** What the screen in front wants to know beyond what is always read. */
  asks(): readonly Inquiry[]
  /** Calls back after a change, once for keys that came together; returns how to stop that. */
  subscribe(listener: () => void): () => void
}

export interface SessionOptions {
  readonly screens: readonly ScreenEntry[]
  readonly snapshot: () => Snapshot
  readonly onEffect: (effect: Outward) => void
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** What is to be read first; undefined: nothing. */
  readonly note?: string | undefined
}

/** A fault in what a key does is told, and the key does nothing. */
const updateOrFault = (model: Model, key: string, moment: Moment): Updated => {
  try {
    return update(model, key, moment)
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    return { model: flash(model, `kntop has a fault, this key does nothing: ${text}`, moment.at), effects: [] }
  }
}

/** Milliseconds that it stays: whoever starts a program reads the picture first. */
const noteTime = 15_000

export const createSession = ({ screens, snapshot, onEffect, now, note }: SessionOptions): Session => {
  const listeners = new Set<() => void>()
  let model = note === undefined ? initialModel(screens) : flash(initialModel(screens), note, now(), noteTime)
  let isPlanned = false
  const tell = (): void => {
    isPlanned = false
    for (const listener of listeners) listener()
  }
  // Keys that arrive together, as over a slow link, are drawn together: only the last state is to be seen.
  const become = (next: Model): void => {
    if (next === model) return
    model = next
    if (!isPlanned) queueMicrotask(tell)
    isPlanned = true
  }

  return {
    model: () => model,
    press(key, terminal) {
      const live = snapshot()
      const current = keepUp(model, live)
      const updated = updateOrFault(current, key, { snapshot: current.frozen ?? live, live, terminal, at: now() })
      become(updated.model)
      for (const effect of updated.effects) onEffect(effect)
    },
    paste: (text) => become(paste(keepUp(model, snapshot()), text)),
    refresh: () => become(keepUp(model, snapshot())),
    asks: () => topOf(model).asks(model.frozen ?? snapshot()),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
