import type { TabName } from '../../events/looks.ts'
import type { Parameters } from '../../interface/screen.ts'
import { emptyTable, filtered, type TableState } from '../../interface/table/table-state.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import type { Clean } from '../../text/clean.ts'
import type { Consent } from './consent.ts'
import type { List, ListSetting } from './list.ts'
import { rulesSight } from './rules-sight.ts'
import type { Seen, Sight } from './seen.ts'
import { sightOf } from './sight.ts'
import { type Tab } from './tab.ts'
import { tabCalled, tabs } from './tabs.ts'
import { type Chosen, nodeOf, type Target, targetOf } from './target.ts'

export interface State extends Chosen {
  readonly tab: TabName
  /** Which list of each tab has the cursor. */
  readonly chosen: Readonly<Partial<Record<TabName, number>>>
  /** By tab and number of the list. */
  readonly tables: Readonly<Record<string, TableState>>
  readonly filter: string
  readonly lookup: Clean | undefined
  /** Whom a person chose in a tab that is of one of several: a service, or another end. */
  readonly aims: Readonly<Partial<Record<TabName, Clean>>>
  /** When a person asked for the rules, our monotonic ms. */
  readonly taken: number | undefined
  /** What a person said yes to last. */
  readonly consent?: Consent | undefined
}

/** What a state shows of a snapshot. */
export interface View {
  readonly target: Target
  readonly tab: Tab
  readonly sight: Sight
  readonly lists: readonly List[]
  /** The number of the list that has the cursor. */
  readonly chosen: number
  readonly lookup: Clean | undefined
  readonly aim: Clean | undefined
  /** It is printed once, on no screen. */
  readonly isPrinted?: boolean
}

/** A state as it begins. */
export const stateOf = ({ node, pod, record, tab, lookup, aim }: Parameters): State => ({
  ...(node === undefined ? {} : { node }),
  ...(pod === undefined ? {} : { pod }),
  // What was known of another pod says nothing of this one.
  ...(record === undefined || record.id !== pod ? {} : { record }),
  tab: tabCalled(tab)?.name ?? tabs[0].name,
  chosen: {},
  tables: {},
  filter: '',
  lookup,
  aims: aim === undefined ? {} : { [tabCalled(tab)?.name ?? tabs[0].name]: aim },
  taken: undefined,
})

/** What another screen is opened with, to show the same. */
export const parametersOf = ({ node, pod, tab, lookup, aims }: State, target: Target): Parameters => {
  const place = nodeOf(target) ?? (pod === undefined ? node : undefined)
  return {
    tab,
    ...(place === undefined ? {} : { node: place }),
    ...(pod === undefined ? {} : { pod }),
    ...(target.kind === 'pod' ? { record: target.record } : {}),
    ...(lookup === undefined ? {} : { lookup }),
    ...(aims[tab] === undefined ? {} : { aim: aims[tab] }),
  }
}

const listsOf = (tab: Tab, { look, state, known }: Seen, setting: ListSetting): readonly List[] =>
  tab.lists(look, state === 'past', { ...setting, ...(known === undefined ? {} : { known }) })

export const viewOf = (snapshot: Snapshot, state: State): View => {
  const target = targetOf(snapshot, state)
  const aim = state.aims[state.tab]
  const sight =
    state.tab === 'rules'
      ? rulesSight(snapshot, target, { aim, taken: state.taken })
      : sightOf(snapshot, target, state.tab, state.consent)
  const tab = tabCalled(state.tab) ?? tabs[0]
  const lists = 'look' in sight ? listsOf(tab, sight, { snapshot, target }) : []
  const chosen = Math.min(state.chosen[state.tab] ?? 0, Math.max(0, lists.length - 1))
  return { target, tab, sight, lists, chosen, lookup: state.lookup, aim }
}

const keyOf = ({ tab }: State, index: number): string => `${tab} ${index}`

export const tableStateOf = (state: State, index: number): TableState =>
  state.tables[keyOf(state, index)] ?? filtered(emptyTable, state.filter)

export const withTable = (state: State, index: number, table: TableState): State => ({
  ...state,
  tables: { ...state.tables, [keyOf(state, index)]: table },
})

/** All lists are narrowed by the same text: going to another tab looks for it there. */
export const withFilter = (state: State, filter: string): State => ({
  ...state,
  filter,
  tables: Object.fromEntries(Object.entries(state.tables).map(([key, table]) => [key, filtered(table, filter)])),
})
