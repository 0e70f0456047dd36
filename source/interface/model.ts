import type { Request } from '../events/request.ts'
import type { Snapshot } from '../store/snapshot.ts'
import { type Clean, clean } from '../text/clean.ts'
import type { Open, Parameters, ScreenEntry, Shortcut } from './screen.ts'

/** A text being typed. */
export type Prompt =
  /** `before`: the filter as it was, for esc. */
  | { readonly kind: 'filter'; readonly text: string; readonly before: string }
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'answer'; readonly text: string; readonly request: Request }
  /** A question went away while somebody typed the answer, who has to see that before keys are keys again. */
  | { readonly kind: 'withdrawn'; readonly text: ''; readonly title: Clean }

export interface Flash {
  readonly text: Clean
  /** Monotonic milliseconds until which it is shown. */
  readonly until: number
}

/** All state of the interface: what is open, what is typed, what is frozen. What is measured is the store's. */
export interface Model {
  readonly stack: readonly [Open, ...Open[]]
  readonly prompt: Prompt | undefined
  readonly flash: Flash | undefined
  readonly frozen: Snapshot | undefined
  readonly header: boolean
  /** Monotonic milliseconds of a first ctrl-c. */
  readonly quitAt: number | undefined
  readonly screens: readonly ScreenEntry[]
}

/** Milliseconds that a message stays, as in k9s. */
const flashTime = 6000

export const flash = (model: Model, text: string, at: number, time = flashTime): Model => ({
  ...model,
  flash: { text: clean(text), until: at + time },
})

export const topOf = (model: Model): Open => model.stack.at(-1) ?? model.stack[0]

export const findScreen = (model: Pick<Model, 'screens'>, name: string): ScreenEntry | undefined =>
  model.screens.find((entry) => entry.name === name || entry.aliases.includes(name))

/** The screen that a word typed after `:` opens and, where it opens a part of it, which. */
export const findCommand = (
  model: Pick<Model, 'screens'>,
  word: string,
): { readonly entry: ScreenEntry; readonly shortcut: Shortcut | undefined } | undefined => {
  const entry = findScreen(model, word)
  if (entry !== undefined) return { entry, shortcut: undefined }
  for (const other of model.screens) {
    const shortcut = other.shortcuts.find((one) => one.word === word)
    if (shortcut !== undefined) return { entry: other, shortcut }
  }
  return undefined
}

/** A model that shows the first screen of the registry. Fails if there is none: a fault of the program. */
export const initialModel = (screens: readonly ScreenEntry[]): Model => {
  const [landing] = screens
  if (landing === undefined) throw new Error('no screen in the registry')
  return {
    stack: [landing.open({})],
    prompt: undefined,
    flash: undefined,
    frozen: undefined,
    header: true,
    quitAt: undefined,
    screens,
  }
}

/**
 * Opens a screen on top. One of its name that is open below is left, so that going to and fro leaves no trail; the landing
 * screen is gone back to as it was.
 */
export const bring = (model: Model, entry: ScreenEntry, parameters: Parameters): Model => {
  const [first, ...others] = model.stack
  if (first.name === entry.name) return { ...model, stack: [first] }
  return { ...model, stack: [first, ...others.filter(({ name }) => name !== entry.name), entry.open(parameters)] }
}

export const replaceTop = (model: Model, open: Open): Model => {
  const [first, ...others] = model.stack
  return { ...model, stack: others.length === 0 ? [open] : [first, ...others.slice(0, -1), open] }
}

/** Leaves the top screen; the last one stays. */
export const pop = (model: Model): Model => {
  const [first, ...others] = model.stack
  return others.length === 0 ? model : { ...model, stack: [first, ...others.slice(0, -1)] }
}
