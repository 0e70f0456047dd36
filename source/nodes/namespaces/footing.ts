import type { Place } from '../../events/inquiry.ts'
import type { Footing } from '../../events/looks.ts'
import { clean } from '../../text/clean.ts'
import { goneStatus } from './find-script.ts'
import type { Blind } from './look-kind.ts'
import type { Sections } from './sections.ts'

/** The inode of a process's namespace, as `4026531833 /proc/7/ns/net`. */
const inodeOf = (lines: readonly string[], process: string): number | undefined => {
  const line = lines.find((each) => each.endsWith(`/${process}/ns/net`)) ?? ''
  const inode = /^(\d+) /.exec(line)?.[1]
  return inode === undefined ? undefined : Number(inode)
}

const blind = (cause: string): Blind => ({ cause: clean(cause) })

/** How a search ended that found no process to look at. */
const reasons: Readonly<Record<string, string>> = {
  none: 'no process of this pod is on the node: it may have ended, or its runtime keeps it where kntop cannot see',
  hidden:
    "this node hides other users' processes (hidepid of /proc), so a pod can be looked into as root only: log in as root, or --sudo root",
}

/**
 * How a namespace was reached, from the section `footing` of a look, and the status with which it ended. A process that
 * ended meanwhile, or whose number went to another one, is no footing: what was read may be of somebody else.
 */
export const footingOf = (sections: Sections, place: Place, status: number): Footing | Blind => {
  const [head = '', way = '', start = '', ...inodes] = sections.get('footing') ?? []
  const reason = reasons[head]
  if (reason !== undefined) return blind(reason)
  const [pid = '', right] = head.split(' ')
  if (!/^\d+$/.test(pid)) return blind('the node did not say which process stands for the pod')
  if (status === goneStatus || start === '') return blind('the process of the pod ended while it was looked at')
  if (status !== 0) return blind(`the look broke off, with status ${status}`)
  const namespace = inodeOf(inodes, pid)
  // Where the first process may not be seen, it is the shell that looks.
  const host = inodeOf(inodes, '1') ?? inodeOf(inodes, 'self')
  const isHost = place.kind === 'host' || place.hostNetwork || (namespace !== undefined && namespace === host)
  return {
    way: clean(way),
    pid: Number(pid),
    right: right === 'root' ? 'root' : 'user',
    ...(namespace === undefined ? {} : { namespace }),
    isHost,
  }
}
