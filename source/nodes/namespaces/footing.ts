import type { Place } from '../../events/inquiry.ts'
import type { Footing } from '../../events/looks.ts'
import { clean } from '../../text/clean.ts'
import type { Blind } from './look-kind.ts'
import type { Sections } from './sections.ts'

const inodeOf = (link = ''): number | undefined => {
  const inode = /^net:\[(\d+)\]$/.exec(link)?.[1]
  return inode === undefined ? undefined : Number(inode)
}

const blind = (cause: string): Blind => ({ cause: clean(cause) })

/**
 * How a namespace was reached, from the sections `footing` and `end` of a look. A process that ended meanwhile, or whose
 * number went to another one, is no footing: what was read may be of somebody else.
 */
export const footingOf = (sections: Sections, place: Place): Footing | Blind => {
  const [head = '', way = '', start = '', own, first] = sections.get('footing') ?? []
  if (head === 'none')
    return blind(
      'no process of this pod is on the node: it may have ended, or its runtime keeps it where kntop cannot see',
    )
  const [pid = '', right] = head.split(' ')
  if (!/^\d+$/.test(pid)) return blind('the node did not say which process stands for the pod')
  if (sections.get('end')?.[0] !== start || start === '')
    return blind('the process of the pod ended while it was looked at')
  const namespace = inodeOf(own)
  const isHost = place.kind === 'host' || place.hostNetwork || (namespace !== undefined && namespace === inodeOf(first))
  return {
    way: clean(way),
    pid: Number(pid),
    right: right === 'root' ? 'root' : 'user',
    ...(namespace === undefined ? {} : { namespace }),
    isHost,
  }
}
