import { namespaceOf } from '../../events/names.ts'
import type { Binding } from '../../interface/binding.ts'
import { titleWords } from '../../interface/cluster/sources.ts'
import { fitHeight, fitLine } from '../../interface/lines.ts'
import { objectHint } from '../../interface/object-hint.ts'
import { type Effect, type Pressed, type Size, said, screen } from '../../interface/screen.ts'
import { countWords, drawTable, orderOf, shownOf, underCursor } from '../../interface/table/table.ts'
import { emptyTable, filtered, pinned, reduceTable } from '../../interface/table/table-state.ts'
import type { Party } from '../../store/attribution.ts'
import type { Share } from '../../store/fill.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import { formatValue } from '../../text/units.ts'
import { podSubject } from '../pods/subject.ts'
import { nodeTyped } from './argument.ts'
import { fillAt, flowTable, shareAt } from './rows.ts'
import { standingLines } from './standing.ts'
import { askingOf, asksOf, isQuestion, listingOf, type State, sightOf } from './state.ts'
import { countedWords, partyWords } from './words.ts'

const bindings: readonly Binding[] = [
  // The question itself names this key: where there is none it would mislead.
  { action: 'yes', keys: ['y'], label: 'yes, list them' },
  { action: 'client', keys: ['enter'], label: 'the client', header: 10, hint: { keys: 'enter', label: 'client' } },
  { action: 'backend', keys: ['b'], label: 'who answers', header: 16 },
  { action: 'service', keys: ['s'], label: 'the service', header: 12, hint: { keys: 's', label: 'service' } },
  {
    action: 'detail',
    keys: ['d'],
    label: 'by backend and state, or not',
    header: 17,
    hint: { keys: 'd', label: 'detail' },
  },
  {
    action: 'by-hand',
    keys: ['x'],
    label: 'the same by hand',
    header: 20,
    hint: { keys: 'x', label: 'by hand' },
  },
  { action: 'again', keys: ['r'], label: 'take it again', header: 14, hint: { keys: 'r', label: 'again' } },
]

const tableSize = (snapshot: Snapshot, state: State, size: Size): Size => ({
  columns: size.columns,
  rows: Math.max(2, size.rows - standingLines(snapshot, state, size.columns).length),
})

const shareUnder = (snapshot: Snapshot, state: State, size: Size): Share | undefined => {
  const table = state.tables[state.level]
  const { row } = underCursor(table, snapshot, state.table, tableSize(snapshot, state, size))
  return row === undefined ? undefined : shareAt(snapshot, state.node, state.level, row)
}

/** Opens whoever it is, as the cluster told when the table was listed: the pod may be gone, and says so. */
const opened = (snapshot: Snapshot, { node }: State, party: Party | undefined): Effect => {
  switch (party?.kind) {
    case 'pod': {
      const record = listingOf(snapshot, node)?.records.pods.get(party.id)
      const parameters = record === undefined ? { pod: party.id } : podSubject(record)
      return { type: 'open', screen: 'pod', parameters }
    }
    case 'service':
      return { type: 'open', screen: 'services', parameters: { namespace: namespaceOf(party.id), service: party.id } }
    case 'node':
      return { type: 'open', screen: 'node', parameters: { node: party.name } }
    case 'other':
      return said(`${party.address} is nobody of this cluster that is known`)
    case undefined:
      return said('nobody stands here')
  }
}

/** Another look; whoever cannot be reached is tried first. */
const again = (snapshot: Snapshot, state: State): Pressed<State> => {
  const { node } = state
  const link = node === undefined ? undefined : snapshot.nodes.get(node)?.link
  if (node === undefined || link === undefined) return { state, effects: [said('there is no node to look at')] }
  if (link.state === 'not-asked') return { state, effects: [said(`kntop does not log in to ${node}`)] }
  const next: State = { ...state, after: sightOf(snapshot, state)?.at, consent: undefined }
  if (link.state !== 'live') return { state: next, effects: [{ type: 'retry', nodes: [node] }] }
  // Without the yes it is another question, and begins by itself: what had one is not to be looked at again.
  return { state: next, effects: state.consent === undefined ? [{ type: 'inquire-again' }] : [] }
}

const partyOf = (share: Share | undefined, action: string): Party | undefined => {
  switch (action) {
    case 'client':
      return share?.client
    case 'backend':
      return share?.backends[0]?.what ?? (share?.destination.kind === 'service' ? undefined : share?.destination)
    default:
      return share?.destination.kind === 'service' ? share.destination : undefined
  }
}

const press = (state: State, action: string, snapshot: Snapshot, size: Size): Pressed<State> => {
  const table = state.tables[state.level]
  switch (action) {
    case 'yes':
      return isQuestion(snapshot, state)
        ? { state: { ...state, after: sightOf(snapshot, state)?.at, consent: snapshot.at }, effects: [] }
        : { state, effects: [said('nothing waits for a yes')] }
    case 'by-hand': {
      const { node } = state
      const parameters = { ...(node === undefined ? {} : { node }), asks: asksOf(snapshot, state) }
      const stays = { ...state, table: pinned(state.table, orderOf(table, snapshot, state.table)) }
      return { state: stays, effects: [{ type: 'open', screen: 'flows-by-hand', parameters }] }
    }
    case 'again':
      return again(snapshot, state)
    case 'detail':
      return {
        state: { ...state, level: state.level === 'pairs' ? 'detail' : 'pairs', table: emptyTable },
        effects: [],
      }
    case 'client':
    case 'backend':
    case 'service': {
      const stays = { ...state, table: pinned(state.table, orderOf(table, snapshot, state.table)) }
      const share = shareUnder(snapshot, state, size)
      const party = partyOf(share, action)
      return share !== undefined && party === undefined && action === 'service'
        ? { state, effects: [said('no service of the cluster was addressed here')] }
        : { state: stays, effects: [opened(snapshot, state, party)] }
    }
  }
  const shown = shownOf(table, snapshot, state.table, tableSize(snapshot, state, size))
  return { state: { ...state, table: reduceTable(state.table, action, shown) }, effects: [] }
}

/** All of a row that its cells may have cut. */
const rowWords = (share: Share): string => {
  const { protocol, port, backends, disguises, states, expected, isLeast } = share
  return [
    `to ${partyWords(share.destination)}, ${protocol}${port === undefined ? '' : ` ${port}`}`,
    ...(backends.length === 0 ? [] : [`answered by ${countedWords(backends, partyWords)}`]),
    ...(disguises.length === 0 ? [] : [`seen there as ${countedWords(disguises, partyWords)}`]),
    ...(states.length === 0 ? [] : [countedWords(states, (word) => word)]),
    ...(isLeast ? ['each is the least that it may be'] : []),
    ...(expected > 0 ? [`so many new ones come to ${formatValue(expected, 'count')} entries`] : []),
  ].join('; ')
}

/** Who fills a node's table of tracked connections: one listing and a few seconds of new ones, dated, on a key. */
export const flowsScreen = screen<State>({
  name: 'flows',
  aliases: ['fill'],
  purpose: "who fills a node's connection tracking: clients, services, backends",
  table: true,
  bindings,
  initial: (parameters) => ({
    ...askingOf(parameters),
    level: 'pairs',
    tables: { pairs: flowTable(parameters.node, 'pairs'), detail: flowTable(parameters.node, 'detail') },
    table: emptyTable,
  }),
  argument: nodeTyped,
  words: ({ nodes }) => nodes.keys(),
  press,
  filter: (state, text) => ({ ...state, table: filtered(state.table, text) }),
  title(snapshot, state) {
    const all = fillAt(snapshot, state.node)?.shares.length ?? 0
    const order = orderOf(state.tables[state.level], snapshot, state.table).length
    const count = state.level === 'pairs' ? countWords(order, all) : String(order)
    const pods = titleWords(snapshot, 'pods')
    return clean(`flows(${state.node ?? ''})[${count}]${pods === '' ? '' : ` pods ${pods}`}`)
  },
  body(snapshot, state, size, theme) {
    const lines = standingLines(snapshot, state, size.columns).map((line) => fitLine(line, size.columns, theme))
    const isListed = listingOf(snapshot, state.node) !== undefined
    const table = isListed
      ? drawTable(state.tables[state.level], snapshot, state.table, tableSize(snapshot, state, size), theme)
      : []
    return fitHeight([...lines, ...table], size.rows, size.columns)
  },
  hint(snapshot, state, size) {
    const share = shareUnder(snapshot, state, size)
    return share === undefined ? undefined : objectHint(partyWords(share.client), rowWords(share), size.columns + 4)
  },
  subject(snapshot, state, size) {
    const client = shareUnder(snapshot, state, size)?.client
    const { node } = state
    return { ...(node === undefined ? {} : { node }), ...(client?.kind === 'pod' ? { pod: client.id } : {}) }
  },
  asks: asksOf,
})
