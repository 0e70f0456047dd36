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

/** All that one client looked up in some panes, by name. */
const namesOf = (panes: readonly Pane[], client: Clean): ReadonlyMap<Clean, Count> => {
  const total = new Map<Clean, Count>()
  for (const { clients } of panes) {
    const known = clients.get(client)
    if (known === undefined) continue
    for (const [name, { count, nxdomain }] of [...known.names, [unnamed, known.rest] as const]) {
      const before = total.get(name) ?? nothing()
      if (count > 0) total.set(name, { count: before.count + count, nxdomain: before.nxdomain + nxdomain })
    }
  }
  return total
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
      const panes = [current, previous].filter(({ index }) => index >= oldest)
      const clients = new Set(panes.flatMap((pane) => [...pane.clients.keys()]))
      const rows = [...clients].flatMap((client) =>
        Array.from(namesOf(panes, client), ([name, counts]): Counted => ({ client, name, ...counts })),
      )
      return { rows, left: panes.reduce((sum, { others }) => sum + others, 0) }
    },
  }
}
