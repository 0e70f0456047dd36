import type { NodeView, Snapshot } from '../store/snapshot.ts'
import { type Clean, clean } from '../text/clean.ts'
import { isAnyLive } from './fail-on.ts'
import { linkWords } from './words.ts'

/** Nodes that get a line of their own. */
const most = 10

/** What keeps the API server, or what is read from it, from being known. */
const clusterLines = ({ sources: { api, byName } }: Snapshot): readonly Clean[] => {
  if (api === undefined) return []
  const cause = api.cause === '' ? 'has not answered yet' : api.cause
  // Most causes name it themselves.
  const own = clean(cause.includes('the API server') ? cause : `the API server: ${cause}`)
  const lines = api.state === 'live' ? [] : [own]
  // What several lack for one and the same reason is one line, and what the API server said is not said again.
  const names = new Map<Clean, Clean[]>()
  for (const [name, status] of byName) {
    if (status.cause !== '' && status.cause !== api.cause && status.state !== 'polling')
      names.set(status.cause, [...(names.get(status.cause) ?? []), name])
  }
  return [...lines, ...[...names].map(([why, of]) => clean(`${of.join(', ')}: ${why}`))]
}

const nodeLine = (node: NodeView): Clean => clean(`${node.name}: ${linkWords(node)}`)

/**
 * Why nothing is watched, a line each without its end; where anything is, only what of a cluster is not read: its last rows
 * look like any others.
 */
export const whyNothing = (snapshot: Snapshot): readonly Clean[] => {
  if (isAnyLive(snapshot)) return clusterLines(snapshot)
  const nodes = [...snapshot.nodes.values()]
  const rest = nodes.length - most
  const lines = [
    ...clusterLines(snapshot),
    ...nodes.slice(0, most).map(nodeLine),
    ...(rest > 0 ? [clean(`and ${rest} more`)] : []),
  ]
  return lines.length > 0 ? lines : [clean('no node was heard of')]
}
