import type { ResolverLook } from '../../events/looks.ts'
import { clean } from '../../text/clean.ts'
import type { Blind, LookKind, Seen } from './look-kind.ts'
import { resolverOf } from './resolver-file.ts'
import { resolverRuns, resolverScript } from './resolver-script.ts'

/** Why a file was not read, by how its reading ended; the words go behind "the resolv.conf of this pod". */
const reasons: ReadonlyMap<string, string> = new Map([
  ['10', 'is a symbolic link, or lies behind one: that may lead to a file of the host, and is not followed'],
  ['11', 'is no regular file: a FIFO, a device or a folder is not opened'],
  ['12', 'has more than 64 KB: no resolver needs that, and it is not shown'],
  ['13', 'is not there: its programs ask 127.0.0.1'],
  ['14', 'cannot be read by root of this node'],
  ['slow', 'lies on a file system that may never answer (FUSE or network): it is not touched'],
  [
    'no-perl',
    'is a file of its own, and not one of the container runtime: to read that safely takes perl on this node',
  ],
  ['no-timeout', 'is not read without a limit of time: install timeout (coreutils) on this node'],
])

/** How `timeout` tells that it killed: coreutils by its own end or as the shell tells it, busybox by the child's. */
const killed = new Set(['124', '137', '143'])

const statusOf = ({ sections }: Seen): string | undefined =>
  [...sections.keys()].find((name) => name.startsWith('status '))?.slice(7)

const blindness = (seen: Seen): Blind | undefined => {
  const status = statusOf(seen)
  const { pid } = seen.footing
  if (status === '0') return undefined
  const why =
    status === 'denied'
      ? `takes root to read: cat /proc/${pid}/root/etc/resolv.conf`
      : status !== undefined && killed.has(status)
        ? 'did not come within 2 s'
        : (reasons.get(status ?? '') ?? `was not read whole: its reader ended with ${status ?? 'no word'}`)
  return { cause: clean(`the resolv.conf of this ${seen.place.kind === 'host' ? 'node' : 'pod'} ${why}`) }
}

/** The resolver of a pod as its resolv.conf sets it; of the host: that of the node. */
export const resolverLook: LookKind<ResolverLook> = {
  tab: 'dns',
  every: 30,
  limit: 80 * 1024,
  cost: 'nine short processes, 12 to 20 ms of CPU on a small machine; at most 2 s for each that touches a file, and 64 KB',
  runs: resolverRuns,
  script: resolverScript,
  read(seen) {
    const blind = blindness(seen)
    if (blind !== undefined) return blind
    const file = clean(seen.sections.get('file')?.[0] ?? '')
    return {
      tab: 'dns',
      footing: seen.footing,
      lacks: [],
      byHand: [clean(`cat ${file}`)],
      file,
      ...resolverOf(seen.sections.get('lines') ?? []),
    }
  },
}
