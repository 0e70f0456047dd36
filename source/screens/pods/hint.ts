import type { PodRecord } from '../../events/records.ts'
import { objectHint } from '../../interface/object-hint.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import type { Segment } from '../../text/colour.ts'
import { podFigureWords, podGapWords } from './figures.ts'
import { statusOf } from './standing.ts'

const containerWords = ({ containers }: PodRecord): string =>
  containers.length === 0
    ? 'no container yet'
    : containers.map(({ name, ready }) => (ready ? name : `${name} not ready`)).join(', ')

/** All of a pod that its row may have cut, in at most two lines. */
export const podHint = (snapshot: Snapshot, pod: PodRecord, width: number): readonly (readonly Segment[])[] => {
  const { id, node, addresses, owner, hostNetwork } = pod
  const words = [
    statusOf(pod),
    ...podFigureWords(snapshot, pod),
    node === undefined ? 'on no node yet' : `on ${node}`,
    ...(hostNetwork ? ['on the host network'] : []),
    ...(addresses.length === 0 ? [] : [addresses.join(' ')]),
    ...(owner === '' ? [] : [`of ${owner}`]),
    containerWords(pod),
    ...podGapWords(snapshot, pod),
  ]
  return objectHint(id, ` ${words.join('; ')}`, width)
}
