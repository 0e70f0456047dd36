import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { slimNode } from '../../cluster/slim/node.ts'
import { isRefused } from '../../cluster/slim/slim.ts'
import type { NodeRecord } from '../../events/records.ts'
import { clean } from '../../text/clean.ts'

/**
 * The nodes that a cluster had when its API server last told of them: where it is down as kntop starts, they are where help is
 * needed. Names, addresses and ids of machines; no secret.
 */
export interface KnownNodes {
  read(): Promise<readonly NodeRecord[]>
  keep(nodes: readonly NodeRecord[]): void
}

export interface KnownNodesOptions {
  /** Undefined: nothing is kept. */
  readonly stateFolder: string | undefined
  readonly write: (name: string, content: string) => Promise<void>
  readonly failed: (error: unknown) => void
  /** What tells one cluster from another: context and server. */
  readonly cluster: string
}

const version = 1
/** In place of the server's, which changes with each sign of life. */
const fromMemory = 'remembered'
const mostNodes = 10_000
const largest = 16 * 1024 * 1024

/** What is kept of one node: it is worth writing when this changes, and not at every sign of life. */
export const keptOf = (node: NodeRecord): string => JSON.stringify(objectOf(node))

/** As the API server would write it, so that what is read again goes through the same gate. */
const objectOf = (node: NodeRecord) => ({
  metadata: { name: node.id, resourceVersion: fromMemory },
  status: {
    addresses: node.addresses.map(({ type, text }) => ({ type, address: text })),
    nodeInfo: {
      bootID: node.bootId,
      machineID: node.machineId,
      kubeletVersion: node.kubelet,
      kernelVersion: node.kernel,
    },
  },
})

const fileOf = (cluster: string): string =>
  `nodes-${createHash('sha256').update(cluster).digest('hex').slice(0, 16)}.json`

/** What a file says, whoever wrote it: what is not understood is as if it had never been there. */
export const parseKnownNodes = (text: string): readonly NodeRecord[] => {
  let found: unknown
  try {
    found = JSON.parse(text)
  } catch {
    return []
  }
  const { version: of, nodes } = (found ?? {}) as { readonly version?: unknown; readonly nodes?: unknown }
  if (of !== version || !Array.isArray(nodes)) return []
  return nodes.slice(0, mostNodes).flatMap((object: unknown) => {
    if (typeof object !== 'object' || object === null) return []
    const record = slimNode(object as Readonly<Record<string, unknown>>, (value) =>
      clean(typeof value === 'string' ? value : ''),
    )
    return isRefused(record) ? [] : [record]
  })
}

export const knownNodesText = (nodes: readonly NodeRecord[]): string =>
  `${JSON.stringify({ version, nodes: nodes.slice(0, mostNodes).map(objectOf) })}\n`

export const openKnownNodes = ({ stateFolder, write, failed, cluster }: KnownNodesOptions): KnownNodes => {
  const name = fileOf(cluster)
  let kept = ''
  let writing = Promise.resolve()
  return {
    async read() {
      if (stateFolder === undefined) return []
      try {
        const text = await readFile(join(stateFolder, name), 'utf8')
        return text.length > largest ? [] : parseKnownNodes(text)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') failed(error)
        return []
      }
    },
    keep(nodes) {
      const text = knownNodesText(nodes)
      if (stateFolder === undefined || text === kept) return
      kept = text
      writing = writing.then(() => write(name, text)).catch(failed)
    },
  }
}
