import type { Event } from '../../events/event.ts'
import type { NodeRecord } from '../../events/records.ts'
import type { NodeName } from '../../events/subject.ts'
import { type KnownNodes, keptOf } from './known-nodes.ts'

/** Stands in with the nodes of an earlier run while the API server has not told of any. */
export interface NodeMemory {
  /** What the server tells; `known`: all nodes by now. */
  heard(events: readonly Event[], known: () => readonly NodeRecord[]): void
}

const gone = (id: NodeName): Event => ({ type: 'record', kind: 'node', change: 'gone', id })

/** The server has told of all nodes there are. */
const isWhole = (event: Event): boolean =>
  event.type === 'source' && event.source === 'nodes' && ['live', 'polling'].includes(event.status.state)

/** The server does not answer, or not about nodes. */
const isSilent = (event: Event): boolean =>
  (event.type === 'api' && event.status.state === 'stale') ||
  (event.type === 'source' && event.source === 'nodes' && ['stale', 'denied'].includes(event.status.state))

export interface NodeMemoryOptions {
  readonly known: KnownNodes
  /** Hands on nodes from memory, and later those of them that turn out to be gone. */
  readonly tell: (events: readonly Event[]) => void
}

export const createNodeMemory = ({ known: file, tell }: NodeMemoryOptions): NodeMemory => {
  // Nodes that only memory knows.
  const remembered = new Set<NodeName>()
  // What the server has told of each, as far as it is kept.
  const heard = new Map<NodeName, string>()
  let isTold = false
  let isRead = false

  const recall = async (): Promise<void> => {
    const records = await file.read()
    if (isTold) return
    // What the server has told by now is newer.
    const missing = records.filter(({ id }) => !heard.has(id))
    for (const { id } of missing) remembered.add(id)
    tell(missing.map((record) => ({ type: 'record', kind: 'node', change: 'put', record })))
  }

  /** Whether it changes what is kept. */
  const take = (event: Event): boolean => {
    if (event.type !== 'record' || event.kind !== 'node') return false
    if (event.change === 'gone') return heard.delete(event.id)
    const { id } = event.record
    const kept = keptOf(event.record)
    const isNews = heard.get(id) !== kept
    heard.set(id, kept)
    remembered.delete(id)
    return isNews
  }

  return {
    heard(events, known) {
      // Each of them is taken, also after the first that is news.
      const isNews = events.filter(take).length > 0
      const isNowWhole = events.some(isWhole)
      if (isNowWhole) {
        isTold = true
        const lost = [...remembered].map(gone)
        remembered.clear()
        if (lost.length > 0) tell(lost)
      }
      if (isTold && (isNowWhole || isNews)) file.keep(known())
      if (isTold || isRead || !events.some(isSilent)) return
      isRead = true
      void recall()
    },
  }
}
