import type { Inquiry } from '../events/inquiry.ts'
import type { NamespaceName, PodId, ServiceId } from '../events/names.ts'
import type { PodRecord } from '../events/records.ts'
import type { Answer, Request } from '../events/request.ts'
import type { NodeName } from '../events/subject.ts'
import type { MetricId } from '../metrics/catalogue.ts'
import type { Snapshot } from '../store/snapshot.ts'
import { type Clean, clean } from '../text/clean.ts'
import type { Painted, Segment } from '../text/colour.ts'
import type { Binding } from './binding.ts'
import type { Theme } from './theme.ts'

/** Cells that a screen has for itself, inside the frame. */
export interface Size {
  readonly columns: number
  readonly rows: number
}

/** What a screen is opened with. */
export interface Parameters {
  readonly node?: NodeName
  readonly metric?: MetricId
  readonly optIn?: string
  readonly pod?: PodId
  readonly service?: ServiceId
  /** The pod as it stood when it was chosen: it may be gone, or another of its name may be there, once it is looked at. */
  readonly record?: PodRecord
  /** A name of which is shown what a lookup of it sends. */
  readonly lookup?: Clean
  /** Whom a part of the screen is of, where there are several: a service, another end. */
  readonly aim?: Clean | undefined
  /** The namespace that is looked at; undefined: all. */
  readonly namespace?: NamespaceName | undefined
  /** Which part of the screen is wanted, where it has several. */
  readonly tab?: string
  /** A question, as it was when it was chosen. */
  readonly request?: Request
  /** What was asked by the screen that it is opened from, and is to go on. */
  readonly asks?: readonly Inquiry[]
  /** The screen that it is opened from. */
  readonly screen?: string
}

/** What a key press asks of those outside the screen. */
export type Effect =
  | { readonly type: 'open'; readonly screen: string; readonly parameters: Parameters }
  | { readonly type: 'back' }
  | { readonly type: 'flash'; readonly text: Clean }
  | {
      readonly type: 'opt-in'
      readonly name: string
      readonly on: boolean
      readonly nodes: readonly NodeName[] | 'all'
    }
  /** Opens the line in which the answer to a question is typed. */
  | { readonly type: 'ask'; readonly request: Request }
  | { readonly type: 'answer'; readonly id: string; readonly answer: Answer }
  /** Lost and refused nodes are tried again at once. */
  | { readonly type: 'retry'; readonly nodes: readonly NodeName[] | 'all' }
  | { readonly type: 'sample-now' }
  /** Puts a text on the clipboard of whoever sits at the terminal. */
  | { readonly type: 'copy'; readonly text: string }
  /** What the screen asks is looked at again. */
  | { readonly type: 'inquire-again' }
  | { readonly type: 'redraw' }
  | { readonly type: 'quit' }

/** Tells a person something once, where the hint stands. */
export const said = (text: string): Effect => ({ type: 'flash', text: clean(text) })

export interface Pressed<State> {
  readonly state: State
  readonly effects: readonly Effect[]
}

/** A word typed after `:` that opens a part of a screen, on what stands under the cursor. */
export interface Shortcut {
  readonly word: string
  /** One sentence for the help. */
  readonly purpose: string
  readonly parameters: Parameters
  /** What a word typed after it means, as in {@link Screen}; without it, what it means after the screen's name. */
  argument?(typed: string, snapshot: Snapshot): Parameters | string
}

/** One folder each in `screens/`: pure functions of a snapshot and a state of its own. */
export interface Screen<State> {
  readonly name: string
  readonly aliases: readonly string[]
  /** One sentence for the help. */
  readonly purpose: string
  /** Keys of its own; those of tables and the general ones come by themselves. */
  readonly bindings: readonly Binding[]
  /** Which of its keys do something now, by their actions: the others say why not, and the header does not show them. */
  applies?(snapshot: Snapshot, state: State, action: string): boolean
  /** Whether the keys of tables and `/` apply. */
  readonly table: boolean
  initial(parameters: Parameters): State
  readonly shortcuts?: readonly Shortcut[]
  /** What a word typed after its name opens it with, on top of what stands under the cursor; a text: why the word is wrong. */
  argument?(typed: string, snapshot: Snapshot): Parameters | string
  /** Words that may stand there, to be completed. */
  words?(snapshot: Snapshot): Iterable<string>
  /** `snapshot`: what is shown. `live`: how it is by now, for what is turned round: a frozen display would turn it the same way twice. */
  press(state: State, action: string, snapshot: Snapshot, size: Size, live: Snapshot): Pressed<State>
  /** Narrows what is shown by a text typed after `/`; empty: everything. */
  filter?(state: State, text: string): State
  title(snapshot: Snapshot, state: State): Clean
  /** What it is called among the screens that are open; without it, its name. */
  crumb?(state: State): string
  /** Exactly `size.rows` lines of exactly `size.columns` cells. */
  body(snapshot: Snapshot, state: State, size: Size, theme: Theme): readonly Painted[]
  /** What stands under the cursor, in at most two lines, the more important first; undefined: nothing to say. */
  hint?(snapshot: Snapshot, state: State, size: Size): readonly (readonly Segment[])[] | undefined
  /** What other screens are opened with from here. */
  subject?(snapshot: Snapshot, state: State, size: Size): Parameters
  /** What it wants to know beyond what is always read, for as long as it is in front. */
  asks?(snapshot: Snapshot, state: State): readonly Inquiry[]
}

/** A screen with its state inside, so that screens of different states stand on one stack. */
export interface Open {
  readonly name: string
  readonly bindings: readonly Binding[]
  /** Whether one of these does something now. */
  applies(action: string, snapshot: Snapshot): boolean
  readonly table: boolean
  readonly filterText: string
  press(
    action: string,
    snapshot: Snapshot,
    size: Size,
    live: Snapshot,
  ): { readonly open: Open; readonly effects: readonly Effect[] }
  filter(text: string): Open
  title(snapshot: Snapshot): Clean
  crumb(): string
  body(snapshot: Snapshot, size: Size, theme: Theme): readonly Painted[]
  hint(snapshot: Snapshot, size: Size): readonly (readonly Segment[])[] | undefined
  subject(snapshot: Snapshot, size: Size): Parameters
  asks(snapshot: Snapshot): readonly Inquiry[]
}

/** A screen as the registry holds it: all that is needed to open it. */
export interface ScreenEntry {
  readonly name: string
  readonly aliases: readonly string[]
  readonly purpose: string
  readonly bindings: readonly Binding[]
  readonly table: boolean
  readonly shortcuts: readonly Shortcut[]
  /** What a word typed after its name opens it with; a text: why that word is wrong. Not there: it takes none. */
  readonly argument?: ((typed: string, snapshot: Snapshot) => Parameters | string) | undefined
  readonly words?: ((snapshot: Snapshot) => Iterable<string>) | undefined
  open(parameters: Parameters): Open
}

/** Hides a screen's state, so that a registry can hold screens of any. */
export const screen = <State>(definition: Screen<State>): ScreenEntry => {
  const wrap = (state: State, filterText: string): Open => ({
    name: definition.name,
    bindings: definition.bindings,
    applies: (action, snapshot) => definition.applies?.(snapshot, state, action) ?? true,
    table: definition.table,
    filterText,
    press(action, snapshot, size, live) {
      const pressed = definition.press(state, action, snapshot, size, live)
      return { open: wrap(pressed.state, filterText), effects: pressed.effects }
    },
    filter: (text) => wrap(definition.filter?.(state, text) ?? state, definition.filter === undefined ? '' : text),
    title: (snapshot) => definition.title(snapshot, state),
    crumb: () => definition.crumb?.(state) ?? definition.name,
    body: (snapshot, size, theme) => definition.body(snapshot, state, size, theme),
    hint: (snapshot, size) => definition.hint?.(snapshot, state, size),
    subject: (snapshot, size) => definition.subject?.(snapshot, state, size) ?? {},
    asks: (snapshot) => definition.asks?.(snapshot, state) ?? [],
  })
  return {
    name: definition.name,
    aliases: definition.aliases,
    purpose: definition.purpose,
    bindings: definition.bindings,
    table: definition.table,
    shortcuts: definition.shortcuts ?? [],
    argument: definition.argument?.bind(definition),
    words: definition.words?.bind(definition),
    open: (parameters) => wrap(definition.initial(parameters), ''),
  }
}
