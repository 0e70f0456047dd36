/** Where a binding stands in the help. */
export type BindingGroup = 'screen' | 'table' | 'general'

/** A key and what it does, as data: header, help and docs read it. `Action` names a reducer's case. */
export interface Binding {
  readonly action: string
  /** Key names as `keyName` gives them; the first is shown. */
  readonly keys: readonly [string, ...string[]]
  readonly label: string
  readonly group: BindingGroup
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

/** Keys that change something in k9s. Here they are inert, and say so. */
export const readOnlyKeys: readonly string[] = ['ctrl-k', 'ctrl-d', 'e']

export const generalBindings: readonly Binding[] = [
  { action: 'help', keys: ['?'], label: 'help', group: 'general', header: 15 },
  { action: 'command', keys: [':'], label: 'command', group: 'general', header: 80 },
  { action: 'back', keys: ['esc', 'q'], label: 'back', group: 'general' },
  { action: 'freeze', keys: ['f'], label: 'freeze', group: 'general', header: 70 },
  { action: 'opt-ins', keys: ['w'], label: 'opt-ins', group: 'general', header: 40 },
  { action: 'questions', keys: ['!'], label: 'questions that wait for an answer', group: 'general' },
  { action: 'sample-now', keys: ['ctrl-r'], label: 'read everything now', group: 'general' },
  { action: 'header', keys: ['ctrl-e'], label: 'show or hide the header', group: 'general' },
  { action: 'redraw', keys: ['ctrl-l'], label: 'draw the screen anew', group: 'general' },
  { action: 'quit', keys: ['ctrl-c'], label: 'quit (press twice within a second)', group: 'general' },
]

export const tableBindings: readonly Binding[] = [
  { action: 'down', keys: ['j', 'down'], label: 'down', group: 'table' },
  { action: 'up', keys: ['k', 'up'], label: 'up', group: 'table' },
  { action: 'page-down', keys: ['ctrl-f', 'pagedown'], label: 'page down', group: 'table' },
  { action: 'page-up', keys: ['ctrl-b', 'pageup'], label: 'page up', group: 'table' },
  { action: 'top', keys: ['g', 'home'], label: 'first row', group: 'table' },
  { action: 'bottom', keys: ['G', 'end'], label: 'last row', group: 'table' },
  { action: 'left', keys: ['left', 'shift-left'], label: 'column to the left', group: 'table' },
  { action: 'right', keys: ['right', 'shift-right'], label: 'column to the right', group: 'table' },
  {
    action: 'sort',
    keys: ['O'],
    label: 'sort by this column',
    group: 'table',
    header: 60,
    hint: { keys: 'O', label: 'sort' },
  },
  { action: 'sort-name', keys: ['N'], label: 'sort by the first column', group: 'table' },
  { action: 'sort-default', keys: ['W'], label: 'usual order, the worst first', group: 'table' },
  { action: 'filter', keys: ['/'], label: 'filter', group: 'table', header: 50 },
]

/** The tables of bindings that apply on a screen, those that come first before the others. */
export const bindingsFor = (screen: {
  readonly bindings: readonly Binding[]
  readonly table: boolean
}): readonly (readonly Binding[])[] => [screen.bindings, ...(screen.table ? [tableBindings] : []), generalBindings]
