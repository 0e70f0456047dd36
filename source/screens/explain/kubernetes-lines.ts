import type { NodeName } from '../../events/subject.ts'
import { ageOf, wallOfServer } from '../../interface/cluster/age.ts'
import { ageWords, clusterNodeOf, podWords } from '../../interface/cluster/node-words.ts'
import { deniedWords } from '../../interface/cluster/sources.ts'
import { segment, timeOfDay } from '../../interface/lines.ts'
import type { ClusterNode } from '../../store/cluster-node.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import type { Segment } from '../../text/colour.ts'
import { formatAge } from '../../text/units.ts'
import { paragraph } from './paragraph.ts'

type Line = readonly Segment[]

const states = { yes: 'yes', no: 'no', unknown: 'unknown: its kubelet has not been heard of' } as const

/** `14:03:22 UTC, 12m ago`; nothing where the server's clock is not known. */
const since = (snapshot: Snapshot, time: number): string => {
  const age = ageOf(snapshot, time)
  return Number.isNaN(age) ? '' : ` since ${timeOfDay(wallOfServer(snapshot, time))} UTC, ${formatAge(age)} ago`
}

const conditionLines = (snapshot: Snapshot, { record }: ClusterNode, width: number): readonly Line[] => [
  ...paragraph(
    'Ready',
    `${states[record.ready]}${since(snapshot, record.readySince)}`,
    width,
    record.ready === 'yes' ? 'ok' : 'critical',
  ),
  ...(record.reason === '' ? [] : paragraph('Because', record.reason, width)),
  ...record.troubles.flatMap(({ type, reason, since: at }) =>
    paragraph('Trouble', `${[type, reason].filter(Boolean).join(', ')}${since(snapshot, at)}`, width, 'warning'),
  ),
  ...(record.unschedulable ? paragraph('Cordoned', 'no new pod is put on it', width, 'note') : []),
  ...(record.deleting ? paragraph('Deleted', 'its object is being deleted', width, 'note') : []),
]

/** When its kubelet was heard of, or which right is missing; no line while nobody needs to know. */
const leaseLines = (snapshot: Snapshot, { leaseAge }: ClusterNode, width: number): readonly Line[] => {
  const denied = deniedWords(snapshot, 'leases')
  if (!Number.isNaN(leaseAge)) return paragraph('Lease', `its kubelet was heard of ${formatAge(leaseAge)} ago`, width)
  return denied === undefined ? [] : paragraph('Lease', denied, width)
}

const podsText = (snapshot: Snapshot, node: ClusterNode): string => {
  if (node.pods === undefined)
    return deniedWords(snapshot, 'pods') ?? 'not known: they may not be read, or have not been yet'
  return `${podWords(node)}${node.pods.isWhole ? '' : ': only some namespaces may be read'}`
}

/** All that the API server says of a node; no lines where it has said nothing. */
export const kubernetesLines = (snapshot: Snapshot, name: NodeName, width: number): readonly Line[] => {
  const node = clusterNodeOf(snapshot, name)
  if (node === undefined) return []
  const { record, age } = node
  const given = (label: string, text: string): readonly Line[] => (text === '' ? [] : paragraph(label, text, width))
  const created = ageOf(snapshot, record.created)
  return [
    [segment(`${name} as the API server knows it`, 'title')],
    [],
    ...conditionLines(snapshot, node, width),
    ...(age > 0 ? paragraph('As of', `${formatAge(age)} ago: the API server tells nothing new`, width, 'stale') : []),
    ...leaseLines(snapshot, node, width),
    [],
    ...paragraph('Pods', podsText(snapshot, node), width),
    ...given('Roles', record.roles.join(', ')),
    ...given('Addresses', record.addresses.map(({ type, text }) => `${text} (${type})`).join(', ')),
    ...given('Pod ranges', record.podRanges.join(', ')),
    ...given('Kubelet', record.kubelet),
    ...given('Runtime', record.runtime),
    ...given('Kernel', [record.kernel, record.architecture].filter(Boolean).join(', ')),
    ...given('System', record.system),
    ...given('Zone', record.zone),
    ...given('Instance', record.instance),
    ...paragraph('Age', ageWords(created), width),
  ]
}
