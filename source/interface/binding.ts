/** A key and what it does, as data: header, help and docs read it. `Action` names a reducer's case. */
export interface Binding {
  readonly action: string
  /** Key names as `keyName` gives them; the first is shown. */
  readonly keys: readonly [string, ...string[]]
  readonly label: string
  /** Whether the header has room for it before others: lower stands earlier; undefined: only in the help. */
  readonly header?: number
  /** What the header shows instead: shorter, or one hint for several bindings such as `1-6 window`. */
  readonly hint?: { readonly keys: string; readonly label: string }
}

/** The binding that a key stands for. Screens come before tables, tables before the general ones. */
export const bindingFor = (key: string, tables: readonly (readonly Binding[])[]): Binding | undefined => {
  for (const table of tables) {
    const found = table.find((binding) => binding.keys.includes(key))
    if (found !== undefined) return found
  }
  return undefined
}

/** Whether an action is of one of these keys. */
export const isBound = (bindings: readonly Binding[], action: string): boolean =>
  bindings.some((binding) => binding.action === action)

/** Keys that change something in k9s. Here they are inert, and say so. */
export const readOnlyKeys: readonly string[] = ['ctrl-k', 'ctrl-d', 'e']

export const generalBindings: readonly Binding[] = [
  { action: 'help', keys: ['?'], label: 'help', header: 15 },
  { action: 'command', keys: [':'], label: 'command', header: 80 },
  { action: 'back', keys: ['esc', 'q'], label: 'back' },
  { action: 'freeze', keys: ['f'], label: 'freeze', header: 70 },
  { action: 'opt-ins', keys: ['w'], label: 'opt-ins', header: 40 },
  { action: 'questions', keys: ['!'], label: 'questions that wait for an answer' },
  { action: 'sample-now', keys: ['ctrl-r'], label: 'read everything now' },
  { action: 'header', keys: ['ctrl-e'], label: 'show or hide the header' },
  { action: 'redraw', keys: ['ctrl-l'], label: 'draw the screen anew' },
  { action: 'quit', keys: ['ctrl-c'], label: 'quit (press twice within a second)' },
]

export const tableBindings: readonly Binding[] = [
  { action: 'down', keys: ['j', 'down'], label: 'down' },
  { action: 'up', keys: ['k', 'up'], label: 'up' },
  { action: 'page-down', keys: ['ctrl-f', 'pagedown'], label: 'page down' },
  { action: 'page-up', keys: ['ctrl-b', 'pageup'], label: 'page up' },
  { action: 'top', keys: ['g', 'home'], label: 'first row' },
  { action: 'bottom', keys: ['G', 'end'], label: 'last row' },
  { action: 'left', keys: ['left', 'shift-left'], label: 'column to the left' },
  { action: 'right', keys: ['right', 'shift-right'], label: 'column to the right' },
  {
    action: 'sort',
    keys: ['O'],
    label: 'sort by this column',
    header: 60,
    hint: { keys: 'O', label: 'sort' },
  },
  { action: 'sort-name', keys: ['N'], label: 'sort by the first column' },
  { action: 'sort-default', keys: ['W'], label: 'usual order, the worst first' },
  { action: 'filter', keys: ['/'], label: 'filter', header: 50 },
]

/** What a line for an answer takes for keys; all others are text. */
export const answerBindings: readonly Binding[] = [
  { action: 'send', keys: ['enter'], label: 'send' },
  { action: 'leave', keys: ['esc', 'ctrl-c'], label: 'leave it open' },
]

/** The tables of bindings that apply on a screen, those that come first before the others. */
export const bindingsFor = (screen: {
  readonly bindings: readonly Binding[]
  readonly table: boolean
}): readonly (readonly Binding[])[] => [screen.bindings, ...(screen.table ? [tableBindings] : []), generalBindings]
