import { segment } from '../../interface/lines.ts'
import { type Size, said, screen } from '../../interface/screen.ts'
import { countWords, drawTable, emptyText, orderOf, shownOf, underCursor } from '../../interface/table/table.ts'
import { emptyTable, filtered, pinned, reduceTable, type TableState } from '../../interface/table/table-state.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import { contextTable, isCurrent } from './rows.ts'

const rowUnder = (snapshot: Snapshot, state: TableState, size: Size): string | undefined =>
  underCursor(contextTable, snapshot, state, size).row

/** A word as any shell takes it: names of contexts may hold anything. */
const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

/** The command line that watches a context, from the kubeconfig that was named. */
const commandFor = ({ cluster }: Snapshot, context: string): string =>
  [
    'kntop',
    ...(cluster?.kubeconfig === undefined ? [] : ['--kubeconfig', shellWord(cluster.kubeconfig)]),
    ...['--context', shellWord(context)],
  ].join(' ')

const wayThere = (snapshot: Snapshot, context: string): string => {
  if (isCurrent(snapshot, context)) return `${context} is the context that is watched`
  const isWhole = snapshot.contexts.find(({ name }) => name === context)?.server !== ''
  return isWhole
    ? `${commandFor(snapshot, context)} (one run watches one context)`
    : `${context} names a cluster that is not in the kubeconfig: mend it`
}

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
    if (action === 'open' && row === undefined)
      return { state: before, effects: [said(emptyText(contextTable, snapshot, before))] }
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
