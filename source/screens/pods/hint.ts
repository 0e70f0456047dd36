import type { PodRecord } from '../../events/records.ts'
import { segment, wrapInto } from '../../interface/lines.ts'
import { clean } from '../../text/clean.ts'
import type { Segment } from '../../text/colour.ts'
import { statusOf } from './standing.ts'

const containerWords = ({ containers }: PodRecord): string =>
  containers.length === 0
    ? 'no container yet'
    : containers.map(({ name, ready }) => (ready ? name : `${name} not ready`)).join(', ')

/** All of a pod that its row may have cut, in at most two lines. */
export const podHint = (pod: PodRecord, width: number): readonly (readonly Segment[])[] => {
  const { id, node, addresses, owner, hostNetwork } = pod
  const words = [
    statusOf(pod),
    node === undefined ? 'on no node yet' : `on ${node}`,
    ...(hostNetwork ? ['on the host network'] : []),
    ...(addresses.length === 0 ? [] : [addresses.join(' ')]),
    ...(owner === '' ? [] : [`of ${owner}`]),
    containerWords(pod),
  ]
  const [first = clean(''), ...others] = wrapInto(clean(`${id}  ${words.join('; ')}`), Math.max(10, width - 1), 2)
  const head = first.startsWith(id) ? id : ''
  return [
    [segment(` ${head}`, 'title'), segment(first.slice(head.length))],
    ...others.map((text) => [segment(' '), { text, style: 'plain' as const }]),
  ]
}
