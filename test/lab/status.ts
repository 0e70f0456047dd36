import type { Lab } from './cluster.ts'
import { faultsOn } from './faults.ts'
import type { LabNode } from './node.ts'
import { partsOf } from './parts.ts'

interface NodeList {
  readonly items: readonly {
    readonly metadata: { readonly name: string }
    readonly status: { readonly conditions: readonly { readonly type: string; readonly status: string }[] }
  }[]
}

/** What the API server says of every node; empty, with its cause, where it says nothing. */
const readiness = async (
  lab: Lab,
): Promise<{ readonly ready: ReadonlyMap<string, string>; readonly cause: string }> => {
  try {
    const text = await lab.kubectl(['get', 'nodes', '--request-timeout=3s', '--output=json'])
    const { items } = JSON.parse(text) as NodeList
    const ready = items.map(({ metadata, status }): [string, string] => {
      const condition = status.conditions.find(({ type }) => type === 'Ready')?.status
      return [metadata.name, condition === 'True' ? 'Ready' : condition === 'False' ? 'not Ready' : 'Ready unknown']
    })
    return { ready: new Map(ready), cause: '' }
  } catch (error) {
    return { ready: new Map(), cause: String(error).split('\n').at(-1) ?? '' }
  }
}

const partStates = async (node: LabNode): Promise<string> => {
  const states = partsOf(node).map(async ({ name }) => {
    const state = await node.state(name)
    if (state === undefined) return `${name} ended`
    return state === 'T' ? `${name} stopped` : name
  })
  return (await Promise.all(states)).join(', ')
}

/** A line for each node, and what is wrong on purpose. */
export const statusOf = async (lab: Lab): Promise<readonly string[]> => {
  const { ready, cause } = await readiness(lab)
  const nodes = lab.nodes.map(async (node) => {
    const parts = node.init() === undefined ? 'dead' : await partStates(node)
    const said = ready.get(node.name) ?? (cause === '' ? 'not registered' : 'not known')
    return `${node.name.padEnd(10)} ${node.address.padEnd(12)} ${said.padEnd(14)} ${parts}`
  })
  const faults = faultsOn().map((name) => `fault ${name}`)
  return [...(await Promise.all(nodes)), ...(cause === '' ? [] : [`the API server: ${cause}`]), ...faults]
}
