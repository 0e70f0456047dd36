import type { Event } from '../../events/event.ts'
import type { NodeRecord } from '../../events/records.ts'
import type { NodeName } from '../../events/subject.ts'
import type { KnownNodes } from './known-nodes.ts'

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
  let isTold = false
  let isRead = false

  const recall = async (): Promise<void> => {
    const records = await file.read()
    if (isTold) return
    for (const { id } of records) remembered.add(id)
    tell(records.map((record) => ({ type: 'record', kind: 'node', change: 'put', record })))
  }

  return {
    heard(events, known) {
      const told = events.filter((event) => event.type === 'record' && event.kind === 'node')
      for (const event of told) if (event.change === 'put') remembered.delete(event.record.id)
      const isNowWhole = events.some(isWhole)
      if (isNowWhole) {
        isTold = true
        const lost = [...remembered].map(gone)
        remembered.clear()
        if (lost.length > 0) tell(lost)
      }
      if (isTold && (isNowWhole || told.length > 0)) file.keep(known())
      if (isTold || isRead || !events.some(isSilent)) return
      isRead = true
      void recall()
    },
  }
}
