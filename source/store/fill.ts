import type { FlowGroup, FlowsLook } from '../events/looks.ts'
import type { NodeName } from '../events/subject.ts'
import type { Clean } from '../text/clean.ts'
import { type Attribution, attributionOf, lingerOf, type Party } from './attribution.ts'
import type { Records } from './records.ts'

/** Tracked connections of one client with one destination. */
export interface Share {
  readonly id: string
  readonly protocol: Clean
  readonly port: number | undefined
  readonly client: Party
  readonly destination: Party
  /**
   * Who answers, and who is seen in the client's place, with how many entries, or new ones where none is told; nobody where
   * nothing was translated.
   */
  readonly backends: readonly Counted<Party>[]
  readonly disguises: readonly Counted<Party>[]
  readonly states: readonly Counted<string>[]
  /** Entries; NaN: too few to be told, if any. */
  readonly entries: number
  readonly assured: number
  readonly unreplied: number
  /** Percent of all entries of the table. */
  readonly share: number
  /** Some entries of the table are not told, which may be its own: there may be more, and more new ones. */
  readonly isLeast: boolean
  readonly isLeastNew: boolean
  /** New ones a second; NaN: not known. */
  readonly began: number
  /**
   * Entries that so many new ones a second come to, by Little's law: rate times the seconds that an entry stays once its
   * connection is over. NaN: not known.
   */
  readonly expected: number
}

export interface Counted<What> {
  readonly what: What
  readonly count: number
}

/** How rows are made: one for a client and a destination, or one more for each backend and state. */
export type Level = 'pairs' | 'detail'

const partyKey = (party: Party): string => {
  switch (party.kind) {
    case 'pod':
    case 'service':
      return `${party.kind} ${party.id}`
    case 'node':
      return `node ${party.name}`
    case 'other':
      return party.address
  }
}

interface Tally<What> {
  readonly what: What
  count: number
}

const add = <What>(tallies: Map<string, Tally<What>>, key: string, what: What, count: number): void => {
  const known = tallies.get(key)
  if (known === undefined) tallies.set(key, { what, count })
  else known.count += count
}

const ranked = <What>(tallies: ReadonlyMap<string, Tally<What>>): readonly Counted<What>[] =>
  [...tallies.values()].sort((one, other) => other.count - one.count)

/** A state in one word: protocols that have none say whether anybody answered. */
export const stateOf = ({ state, standing }: Pick<FlowGroup, 'state' | 'standing'>): string =>
  state === '' ? standing : standing === 'unreplied' ? `${state} unreplied` : state

const keyOf = (level: Level, group: FlowGroup, { client, destination, backend }: Attribution): string => {
  const pair = `${partyKey(client)} > ${partyKey(destination)} ${group.protocol} ${group.port ?? ''}`
  return level === 'pairs' ? pair : `${pair} > ${backend === undefined ? '' : partyKey(backend)} ${stateOf(group)}`
}

interface Draft {
  readonly group: FlowGroup
  readonly parties: Attribution
  readonly backends: Map<string, Tally<Party>>
  readonly disguises: Map<string, Tally<Party>>
  readonly states: Map<string, Tally<string>>
  /** Seconds that entries linger, by how many of them. */
  readonly lingers: Map<string, Tally<number>>
  entries: number
  assured: number
  unreplied: number
  began: number
  /** Seconds that a new one is given. */
  timeout: number
}

const draftOf = (group: FlowGroup, parties: Attribution): Draft => ({
  ...{ group, parties, backends: new Map(), disguises: new Map(), states: new Map(), lingers: new Map() },
  ...{ entries: 0, assured: 0, unreplied: 0, began: 0, timeout: Number.NaN },
})

/** Counts a group, listed or new, with whoever answers it. */
const count = (draft: Draft, { backend, disguise }: Attribution, { count }: FlowGroup): void => {
  if (backend !== undefined) add(draft.backends, partyKey(backend), backend, count)
  if (disguise !== undefined) add(draft.disguises, partyKey(disguise), disguise, count)
}

const countListed = (draft: Draft, group: FlowGroup, linger: number | undefined): void => {
  draft.entries += group.count
  if (group.standing === 'assured') draft.assured += group.count
  if (group.standing === 'unreplied') draft.unreplied += group.count
  add(draft.states, stateOf(group), stateOf(group), group.count)
  if (linger !== undefined) add(draft.lingers, String(linger), linger, group.count)
}

/** What is worked out of one look, as the cluster is known. */
export interface Fill {
  readonly shares: readonly Share[]
  /** Entries that were told, by what their clients are. */
  readonly clients: Readonly<Record<Party['kind'], number>>
  readonly assured: number
  readonly unreplied: number
  /** Some entries are in groups too small to be told, or were not listed: whatever is counted may be more. */
  readonly isLeast: boolean
}

const nothing: Fill = {
  ...{ shares: [], assured: 0, unreplied: 0, isLeast: false },
  clients: { pod: 0, service: 0, node: 0, other: 0 },
}

/** Whose connections fill the table of a node; nobody's where it was not listed. */
export const fillOf = ({ listed, timeouts }: FlowsLook, records: Records, node: NodeName, level: Level): Fill => {
  if (listed === undefined) return nothing
  const settings = new Map(timeouts.map(({ name, seconds }): [string, number] => [name, seconds]))
  const isLeast = listed.flows.rest > 0 || listed.brokeOff === true
  const clients = { ...nothing.clients }
  const drafts = new Map<string, Draft>()
  const draftFor = (group: FlowGroup, isListed: boolean): Draft => {
    const parties = attributionOf(records, node, group)
    const key = keyOf(level, group, parties)
    const draft = drafts.get(key) ?? draftOf(group, parties)
    drafts.set(key, draft)
    // A new one may be listed, too: who answers is counted once.
    if (isListed || draft.entries === 0) count(draft, parties, group)
    return draft
  }
  for (const group of listed.flows.groups) {
    const draft = draftFor(group, true)
    countListed(draft, group, lingerOf(group, settings))
    clients[draft.parties.client.kind] += group.count
  }
  const { began } = listed
  for (const group of level === 'pairs' ? (began?.groups ?? []) : []) {
    const draft = draftFor(group, false)
    draft.began += group.count
    draft.timeout = group.timeout
  }
  const shareOf = (id: string, draft: Draft): Share => {
    const { group, parties, entries } = draft
    const isTold = entries > 0 || !isLeast
    const rate = began === undefined || level === 'detail' ? Number.NaN : draft.began / began.seconds
    const linger = ranked(draft.lingers)[0]?.what ?? draft.timeout
    return {
      ...{ id, protocol: group.protocol, port: group.port, client: parties.client, destination: parties.destination },
      backends: ranked(draft.backends),
      disguises: ranked(draft.disguises),
      states: ranked(draft.states),
      entries: isTold ? entries : Number.NaN,
      ...{ assured: draft.assured, unreplied: draft.unreplied },
      share: isTold && listed.flows.total > 0 ? (100 * entries) / listed.flows.total : Number.NaN,
      ...{ isLeast, isLeastNew: began !== undefined && (began.rest > 0 || began.isLossy) },
      began: rate,
      expected: rate === 0 ? 0 : rate * linger,
    }
  }
  const shares = [...drafts].map(([id, draft]) => shareOf(id, draft))
  const sum = (of: (draft: Draft) => number): number => [...drafts.values()].reduce((all, one) => all + of(one), 0)
  const [assured, unreplied] = [sum((draft) => draft.assured), sum((draft) => draft.unreplied)]
  return { shares, clients, assured, unreplied, isLeast }
}
