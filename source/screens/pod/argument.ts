import type { PodId } from '../../events/names.ts'
import type { Parameters } from '../../interface/screen.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import { tabCalled } from './tabs.ts'

/** `NAMESPACE/NAME`, `NAMESPACE/NAME TAB` or `TAB`, as typed; a text: why it is wrong. */
export const argumentOf = (typed: string, { records }: Snapshot): Parameters | string => {
  const words = typed.split(' ')
  const named = words.filter((word) => word.includes('/'))
  const others = words.filter((word) => !word.includes('/'))
  const tab = tabCalled(others[0])?.name
  if (named.length > 1 || others.length > 1 || (others.length === 1 && tab === undefined))
    return 'neither a pod, NAMESPACE/NAME, nor a tab'
  const [pod] = named
  const chosen = tab === undefined ? {} : { tab }
  if (pod === undefined) return chosen
  const record = records.pods.get(clean(pod) as PodId)
  return record === undefined ? 'no such pod is known' : { ...chosen, pod: record.id, record }
}
