import type { NodeName } from '../../events/subject.ts'
import type { Parameters } from '../../interface/screen.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { didYouMean } from '../../text/nearest.ts'

/** What a word after the name of the screen opens it on: a node that is watched; a text: why it is none. */
export const nodeTyped = (typed: string, { nodes }: Snapshot): Parameters | string => {
  const name = typed as NodeName
  if (nodes.has(name)) return { node: name }
  // What is typed comes in small letters; nodes of hosts files may have others.
  const same = [...nodes.keys()].find((node) => node.toLowerCase() === typed)
  return same === undefined ? `no such node is watched${didYouMean(typed, nodes.keys())}` : { node: same }
}
