import type { NodeName } from '../../events/subject.ts'
import { type Binding, isBound } from '../../interface/binding.ts'
import { type Effect, type Size, said, screen } from '../../interface/screen.ts'
import { hiddenMatch } from '../../interface/table/hidden-match.ts'
import { countWords, drawTable, emptyText, orderOf, shownOf, underCursor } from '../../interface/table/table.ts'
import { emptyTable, filtered, pinned, reduceTable, type TableState } from '../../interface/table/table-state.ts'
import type { NodeView, Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import { linkHint } from './hint.ts'
import { linkTable } from './rows.ts'

const rowUnder = (snapshot: Snapshot, state: TableState, size: Size): NodeName | undefined =>
  underCursor(linkTable, snapshot, state, size).row as NodeName | undefined

const isLive = ({ link }: NodeView): boolean => link?.state === 'live'

/** A live node is left alone: knocking is no way to learn whether new logins work. */
const retryOne = (snapshot: Snapshot, node: NodeName): readonly Effect[] => {
  const view = snapshot.nodes.get(node)
  if (view === undefined || isLive(view)) return [said(`${node} is live: there is nothing to try`)]
  return [{ type: 'retry', nodes: [node] }, said(`trying ${node} again`)]
}

const retryAll = ({ nodes }: Snapshot): readonly Effect[] => {
  const count = [...nodes.values()].filter((node) => !isLive(node)).length
  if (count === 0) return [said('all nodes are live: there is nothing to try')]
  return [{ type: 'retry', nodes: 'all' }, said(`trying ${count} ${count === 1 ? 'node' : 'nodes'} again`)]
}

/** How many links are in which state: `9 live, 1 denied`. */
const counts = ({ nodes }: Snapshot): string => {
  const all = new Map<string, number>()
  for (const { link } of nodes.values()) {
    const state = link?.state ?? 'unknown'
    all.set(state, (all.get(state) ?? 0) + 1)
  }
  return Array.from(all, ([state, count]) => `${count} ${state}`).join(', ') || 'none'
}

const bindings = [
  { action: 'open', keys: ['enter'], label: 'open', header: 10 },
  { action: 'retry', keys: ['r'], label: 'retry', header: 12 },
  { action: 'explain', keys: ['x'], label: 'explain', header: 20 },
  { action: 'retry-all', keys: ['R'], label: 'retry all', header: 25 },
] as const satisfies readonly Binding[]

/** Whether it is a key of this screen and not of tables in general. */
/** One row per node: how it is reached, in which state that is and why, the worst first. */
export const linksScreen = screen<TableState>({
  name: 'links',
  aliases: ['link', 'ln'],
  purpose: 'how each node is reached, in which state that is and why',
  table: true,
  bindings,
  initial: () => emptyTable,
  press(before, action, snapshot, size) {
    const node = rowUnder(snapshot, before, size)
    if (node === undefined)
      return { state: before, effects: isBound(bindings, action) ? [said(emptyText(linkTable, snapshot, before))] : [] }
    const state = pinned(before, orderOf(linkTable, snapshot, before))
    switch (action) {
      case 'open':
        return { state, effects: [{ type: 'open', screen: 'node', parameters: { node } }] }
      case 'explain':
        return { state, effects: [{ type: 'open', screen: 'explain', parameters: { node } }] }
      case 'retry':
        return { state, effects: retryOne(snapshot, node) }
      case 'retry-all':
        return { state, effects: retryAll(snapshot) }
      default:
        return { state: reduceTable(before, action, shownOf(linkTable, snapshot, before, size)), effects: [] }
    }
  },
  filter: filtered,
  title: (snapshot, state) => {
    const shown = orderOf(linkTable, snapshot, state).length
    return clean(`links(${counts(snapshot)})[${countWords(shown, snapshot.nodes.size)}]`)
  },
  body: (snapshot, state, size, theme) => drawTable(linkTable, snapshot, state, size, theme),
  hint(snapshot, state, size) {
    const row = rowUnder(snapshot, state, size)
    const node = row === undefined ? undefined : snapshot.nodes.get(row)
    // The hint stands outside the border, which has a blank at each side.
    if (node === undefined) return undefined
    const lines = linkHint(snapshot, node, size.columns + 4)
    const match = hiddenMatch(linkTable, snapshot, state, size)
    return match === undefined ? lines : [lines[0] ?? [], match]
  },
  subject(snapshot, state, size) {
    const node = rowUnder(snapshot, state, size)
    return node === undefined ? {} : { node }
  },
})
