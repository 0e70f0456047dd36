import { segment } from '../../interface/lines.ts'
import { type Size, said, screen } from '../../interface/screen.ts'
import { countWords, drawTable, orderOf, shownOf, underCursor } from '../../interface/table/table.ts'
import { emptyTable, filtered, pinned, reduceTable, type TableState } from '../../interface/table/table-state.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import { contextTable, isCurrent } from './rows.ts'

const rowUnder = (snapshot: Snapshot, state: TableState, size: Size): string | undefined =>
  underCursor(contextTable, snapshot, state, size).row

/** A word as any shell takes it: names of contexts may hold anything. */
const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

const wayThere = (snapshot: Snapshot, context: string): string =>
  isCurrent(snapshot, context)
    ? `${context} is the context that is watched`
    : `one run of kntop watches one context; this one by: kntop --context ${shellWord(context)}`

/** The contexts of the kubeconfig, and which of them is watched. */
export const contextsScreen = screen<TableState>({
  name: 'contexts',
  aliases: ['ctx', 'context'],
  purpose: 'contexts of the kubeconfig, and which of them is watched',
  table: true,
  bindings: [
    {
      action: 'open',
      keys: ['enter'],
      label: 'how to watch it',
      header: 10,
      hint: { keys: 'enter', label: 'how' },
    },
  ],
  initial: () => emptyTable,
  press(before, action, snapshot, size) {
    const row = rowUnder(snapshot, before, size)
    if (action === 'open' && row !== undefined) {
      const state = pinned(before, orderOf(contextTable, snapshot, before))
      return { state, effects: [said(wayThere(snapshot, row))] }
    }
    return { state: reduceTable(before, action, shownOf(contextTable, snapshot, before, size)), effects: [] }
  },
  filter: filtered,
  title(snapshot, state) {
    const shown = orderOf(contextTable, snapshot, state).length
    return clean(`contexts[${countWords(shown, contextTable.rows(snapshot).length)}]`)
  },
  body: (snapshot, state, size, theme) => drawTable(contextTable, snapshot, state, size, theme),
  hint(snapshot, state, size) {
    const row = rowUnder(snapshot, state, size)
    return row === undefined ? undefined : [[segment(` ${wayThere(snapshot, row)}`)]]
  },
})
