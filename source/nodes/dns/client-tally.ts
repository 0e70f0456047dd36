import type { Counted } from '../../events/event.ts'
import { type Clean, clean } from '../../text/clean.ts'
import { paneSeconds } from './tally.ts'

export interface ClientTallyView {
  /**
   * Lookups by client and name, with those that were answered with NXDOMAIN; in no order. The row with an empty name holds
   * those of a client whose names found no room.
   */
  readonly rows: readonly Counted[]
  /** Lookups by clients that found no room. */
  readonly left: number
}

export interface ClientTally {
  /** Counts one lookup. `at`: seconds; times may be a little out of order. */
  add(client: Clean, name: Clean, isNxdomain: boolean, at: number): void
  /** The rows of the current half minute and the one before, as of `now`. */
  view(now: number): ClientTallyView
}

/** How many clients are kept, how many names of each, and how many pairs of both: one busy client leaves room for others. */
export const most = { clients: 250, namesOfOne: 20, pairs: 1_000 } as const

interface Count {
  count: number
  nxdomain: number
}

interface Client {
  readonly names: Map<Clean, Count>
  /** Lookups of names that found no room. */
  readonly rest: Count
}

interface Pane {
  readonly index: number
  readonly clients: Map<Clean, Client>
  pairs: number
  others: number
}

const nothing = (): Count => ({ count: 0, nxdomain: 0 })

const emptyPane = (index: number): Pane => ({ index, clients: new Map(), pairs: 0, others: 0 })

const unnamed = clean('')

const clientIn = ({ clients }: Pane, name: Clean): Client | undefined => {
  const known = clients.get(name)
  if (known !== undefined || clients.size >= most.clients) return known
  const client = { names: new Map<Clean, Count>(), rest: nothing() }
  clients.set(name, client)
  return client
}

const countIn = (pane: Pane, { names, rest }: Client, name: Clean): Count => {
  const known = names.get(name)
  if (known !== undefined) return known
  if (names.size >= most.namesOfOne || pane.pairs >= most.pairs) return rest
  const count = nothing()
  names.set(name, count)
  pane.pairs += 1
  return count
}

const none: Client = { names: new Map(), rest: nothing() }

/** Adds the rows of one client, of both generations together. */
const addRows = (rows: Counted[], client: Clean, one: Client, other: Client): void => {
  const add = (name: Clean, a: Count | undefined, b: Count | undefined): void => {
    const count = (a?.count ?? 0) + (b?.count ?? 0)
    if (count > 0) rows.push({ client, name, count, nxdomain: (a?.nxdomain ?? 0) + (b?.nxdomain ?? 0) })
  }
  for (const [name, count] of one.names) add(name, count, other.names.get(name))
  for (const [name, count] of other.names) if (!one.names.has(name)) add(name, count, undefined)
  add(unnamed, one.rest, other.rest)
}

/** Counts lookups by who asked for what, in two generations as the tally of names does. */
export const createClientTally = (): ClientTally => {
  let current = emptyPane(Number.NEGATIVE_INFINITY)
  let previous = emptyPane(Number.NEGATIVE_INFINITY)

  return {
    add(client, name, isNxdomain, at) {
      const index = Math.floor(at / paneSeconds)
      if (index > current.index) [previous, current] = [current, emptyPane(index)]
      const known = clientIn(current, client)
      if (known === undefined) {
        current.others += 1
        return
      }
      const count = countIn(current, known, name)
      count.count += 1
      if (isNxdomain) count.nxdomain += 1
    },
    view(now) {
      const oldest = Math.floor(now / paneSeconds) - 1
      const kept = (pane: Pane): Pane => (pane.index >= oldest ? pane : emptyPane(pane.index))
      const [newer, older] = [kept(current), kept(previous)]
      const rows: Counted[] = []
      for (const [client, one] of newer.clients) addRows(rows, client, one, older.clients.get(client) ?? none)
      for (const [client, one] of older.clients) if (!newer.clients.has(client)) addRows(rows, client, one, none)
      return { rows, left: newer.others + older.others }
    },
  }
}
