import type { PodId, ServiceId } from '../../events/names.ts'
import type { Parameters } from '../../interface/screen.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import type { Tab } from './tab.ts'
import { tabCalled } from './tabs.ts'

/** What a word that names no pod opens; a text: it means nothing. */
const wordOf = (word: string, tab: Tab | undefined): Parameters | string => {
  if (tab !== undefined) return tab.argument?.(word) ?? 'no pod, which is called NAMESPACE/NAME'
  const called = tabCalled(word)
  return called === undefined ? 'neither a pod, NAMESPACE/NAME, nor a tab' : { tab: called.name }
}

/**
 * What is typed after the name of the screen: `NAMESPACE/NAME`, a tab, or both; after that of a tab a pod, the tab's own word,
 * or both. A text: why it is wrong.
 */
export const argumentOf = (typed: string, { records }: Snapshot, tab?: Tab): Parameters | string => {
  const all = typed.split(' ')
  const service = tab?.names === 'service' ? all.find((word) => records.services.has(word as ServiceId)) : undefined
  const words = all.filter((word) => word !== service)
  const aimed = service === undefined ? {} : { aim: clean(service) }
  const [pod, ...pods] = words.filter((word) => word.includes('/'))
  const [word, ...others] = words.filter((word) => !word.includes('/'))
  if (pods.length > 0 || others.length > 0) return 'too many words'
  const chosen = word === undefined ? {} : wordOf(word, tab)
  if (typeof chosen === 'string') return chosen
  if (pod === undefined) return { ...chosen, ...aimed }
  const record = records.pods.get(clean(pod) as PodId)
  // Whom somebody chose to see of another pod is no choice of this one.
  if (record !== undefined) return { ...chosen, aim: undefined, ...aimed, pod: record.id, record }
  return tab?.names === 'service' ? 'no such service or pod is known' : 'no such pod is known'
}
