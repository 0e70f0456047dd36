import type { TabName } from '../../events/looks.ts'
import { nameOf } from '../../events/names.ts'
import type { Binding } from '../../interface/binding.ts'
import { titleWords } from '../../interface/cluster/sources.ts'
import { type Effect, type Pressed, type Size, said, screen } from '../../interface/screen.ts'
import { orderOf, shownOf } from '../../interface/table/table.ts'
import { pinned, reduceTable } from '../../interface/table/table-state.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import { argumentOf } from './argument.ts'
import { asksOf, isQuestion, withConsent } from './asking.ts'
import { drawView, listSize, shareOf } from './body.ts'
import { hintOf } from './hint.ts'
import { nextOf } from './service-choice.ts'
import { parametersOf, type State, stateOf, tableStateOf, type View, viewOf, withFilter, withTable } from './state.ts'
import { successorOf } from './successor.ts'
import { tabBeside, tabs } from './tabs.ts'
import { nodeOf, type Target, targetOf, troubleOf } from './target.ts'

const bindings: readonly Binding[] = [
  { action: 'next-tab', keys: ['tab'], label: 'next tab', header: 10 },
  { action: 'previous-tab', keys: ['shift-tab'], label: 'previous tab' },
  { action: 'sockets', keys: ['s'], label: 'sockets', header: 12 },
  {
    action: 'by-hand',
    keys: ['x', 'enter'],
    label: 'the same by hand',
    header: 14,
    hint: { keys: 'x', label: 'by hand' },
  },
  { action: 'again', keys: ['r'], label: 'look again', header: 25, hint: { keys: 'r', label: 'again' } },
  { action: 'yes', keys: ['y'], label: 'yes, list so many' },
  { action: 'node', keys: ['o'], label: 'its node', header: 30 },
  { action: 'next-aim', keys: ['v'], label: 'the next service of the rules, or of the path' },
  { action: 'follow', keys: ['n'], label: 'follow the successor of a pod that is gone' },
  ...['1', '2', '3'].map((key): Binding => ({ action: `list ${key}`, keys: [key], label: `list ${key} of a tab` })),
]

/** Looks again; a node that cannot be reached is tried first. */
const again = (snapshot: Snapshot, target: Target, tab: TabName): readonly Effect[] => {
  const trouble = troubleOf(snapshot, target)
  const node = nodeOf(target)
  if (trouble !== undefined || node === undefined) return [said(trouble ?? 'there is nothing to look at')]
  const state = snapshot.nodes.get(node)?.link?.state
  // What is asked anew begins by itself.
  if (state === 'live') return tab === 'rules' ? [] : [{ type: 'inquire-again' }, said('looking again')]
  return state === 'not-asked'
    ? [said(`kntop does not log in to ${node}`)]
    : [{ type: 'retry', nodes: [node] }, said(`trying ${node} again`)]
}

/** The service stays the one that it is, whatever is chosen for the pod later. */
const withRulesWanted = (snapshot: Snapshot, state: State, { tab, target, aim }: View): State => {
  const { current } = tab.aims(undefined, { snapshot, known: snapshot, target, aim })
  return { ...state, taken: snapshot.at, aims: { ...state.aims, ...(current === undefined ? {} : { rules: current }) } }
}

/** The next of those that a tab may be of. */
const nextAim = (snapshot: Snapshot, state: State, { tab, sight, target, aim }: View): Pressed<State> => {
  const shown = 'look' in sight ? sight : undefined
  const choices = tab.aims(shown?.look, { snapshot, known: shown?.known ?? snapshot, target, aim })
  const next = nextOf(choices.all, choices.current)
  if (next === undefined || choices.all.length < 2) return { state, effects: [said('there is no other to choose')] }
  return { state: { ...state, aims: { ...state.aims, [state.tab]: next }, taken: undefined }, effects: [] }
}

const follow = (snapshot: Snapshot, state: State, target: Target): Pressed<State> => {
  const record = successorOf(snapshot, target)
  if (record === undefined) return { state, effects: [said('there is no other pod to follow')] }
  return { state: { ...state, pod: record.id, record, tables: {} }, effects: [said(`this is ${record.id} now`)] }
}

const pressInList = (snapshot: Snapshot, state: State, view: View, action: string, size: Size): State => {
  const list = view.lists[view.chosen]
  if (list === undefined) return state
  const room = listSize(view, shareOf(snapshot, view, size), size)
  const before = tableStateOf(state, view.chosen)
  const table = reduceTable(before, action, shownOf(list.table, snapshot, before, room))
  return table === before ? state : withTable(state, view.chosen, table)
}

const press = (before: State, action: string, snapshot: Snapshot, size: Size): Pressed<State> => {
  const view = viewOf(snapshot, before)
  const { target } = view
  // What is known of it now is what is kept should it go.
  const state: State = target.kind === 'pod' && target.fate === 'there' ? { ...before, record: target.record } : before
  const still = (next: State): Pressed<State> => ({ state: next, effects: [] })
  switch (action) {
    case 'next-tab':
      return still({ ...state, tab: tabBeside(state.tab, 1) })
    case 'previous-tab':
      return still({ ...state, tab: tabBeside(state.tab, -1) })
    case 'sockets':
      return still({ ...state, tab: 'sockets' })
    case 'again':
      if (state.tab === 'rules')
        return { state: withRulesWanted(snapshot, state, view), effects: again(snapshot, target, state.tab) }
      // Without the yes it is another inquiry, which begins by itself.
      return view.sight.state === 'dated' && view.sight.next === undefined
        ? still({ ...state, consent: undefined })
        : { state: { ...state, consent: undefined }, effects: again(snapshot, target, state.tab) }
    case 'next-aim':
      return nextAim(snapshot, state, view)
    case 'yes':
      return isQuestion(view)
        ? still(withConsent(snapshot, state, target))
        : { state, effects: [said('nothing waits for a yes')] }
    case 'follow':
      return follow(snapshot, state, target)
    case 'by-hand': {
      const list = view.lists[view.chosen]
      const table = tableStateOf(state, view.chosen)
      const kept =
        list === undefined ? state : withTable(state, view.chosen, pinned(table, orderOf(list.table, snapshot, table)))
      return { state: kept, effects: [{ type: 'open', screen: 'by-hand', parameters: parametersOf(state, target) }] }
    }
    case 'node': {
      const node = nodeOf(target)
      return node === undefined
        ? { state, effects: [said('it is on no node')] }
        : { state, effects: [{ type: 'open', screen: 'node', parameters: { node } }] }
    }
  }
  const number = /^list (\d)$/.exec(action)?.[1]
  if (number === undefined) return still(pressInList(snapshot, state, view, action, size))
  const chosen = Number(number) - 1
  return still(chosen < view.lists.length ? { ...state, chosen: { ...state.chosen, [state.tab]: chosen } } : state)
}

/** How many rows of the list with the cursor are shown, of how many. */
const countWords = (snapshot: Snapshot, state: State, { lists, chosen }: View): string => {
  const list = lists[chosen]
  if (list === undefined) return ''
  const shown = orderOf(list.table, snapshot, tableStateOf(state, chosen)).length
  return shown === list.count ? `[${shown}]` : `[${shown} of ${list.count}]`
}

const titleOf = (snapshot: Snapshot, state: State): string => {
  const view = viewOf(snapshot, state)
  const { target } = view
  const tab = `${state.tab}${countWords(snapshot, state, view)}`
  switch (target.kind) {
    case 'none':
      return 'pod'
    case 'unknown':
      return `pod(${target.id}) ${tab}`
    case 'host':
      return `host(${target.node}) ${tab}`
    case 'pod': {
      const { record, fate } = target
      const pods = titleWords(snapshot, 'pods')
      const words = [
        `pod(${record.id}) ${tab}`,
        ...(record.node === undefined ? [] : [`on ${record.node}`]),
        ...(fate === 'there' ? [] : ['gone']),
        ...(pods === '' ? [] : [`pods ${pods}`]),
      ]
      return words.join(' ')
    }
  }
}

/** The network namespace of a pod, or of a node itself: interfaces, routes, sockets, name servers. */
export const podScreen = screen<State>({
  name: 'pod',
  aliases: ['netns'],
  purpose: 'the network namespace of a pod, or of a node itself, live',
  table: true,
  bindings,
  shortcuts: tabs.map((tab) => ({
    word: tab.name,
    purpose: tab.purpose,
    parameters: { tab: tab.name },
    argument: (typed, snapshot) => argumentOf(typed, snapshot, tab),
  })),
  initial: stateOf,
  argument: (typed, snapshot) => argumentOf(typed, snapshot),
  press,
  filter: withFilter,
  title: (snapshot, state) => clean(titleOf(snapshot, state)),
  crumb: ({ node, pod, tab }) => [pod === undefined ? node : nameOf(pod), tab].filter(Boolean).join(' '),
  body: (snapshot, state, size, theme) => drawView(snapshot, state, viewOf(snapshot, state), size, theme),
  hint: hintOf,
  subject: (snapshot, state) => parametersOf(state, targetOf(snapshot, state)),
  asks: asksOf,
})
