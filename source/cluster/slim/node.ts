import { parseAddress } from '../../events/address.ts'
import { isDnsName } from '../../events/names.ts'
import type { NodeAddress, NodeCondition, NodeRecord } from '../../events/records.ts'
import type { NodeName } from '../../events/subject.ts'
import type { Clean } from '../../text/clean.ts'
import { type Fields, fieldsOf, listOf, textOf, timeOf, type Words } from './fields.ts'
import { clusterWide, isRefused, type Slim } from './slim.ts'

const roleLabel = 'node-role.kubernetes.io/'

/** More than any node has; a kubelet may claim what it likes. */
const most = 32

const addressOf = (value: unknown): readonly NodeAddress[] => {
  const { type, address } = fieldsOf(value)
  const text = textOf(address)
  if (type === 'Hostname') return isDnsName(text) ? [{ type, text: text as Clean }] : []
  if (type !== 'InternalIP' && type !== 'ExternalIP') return []
  const parsed = parseAddress(text)
  return parsed === undefined ? [] : [{ type, text: parsed as string as Clean }]
}

const conditionOf = (value: unknown, words: Words): readonly NodeCondition[] => {
  const { type, status, reason, lastTransitionTime } = fieldsOf(value)
  if (type === 'Ready' || status !== 'True') return []
  return [{ type: words(type), reason: words(reason), since: timeOf(lastTransitionTime) }]
}

const readyOf = (conditions: readonly unknown[], words: Words): Pick<NodeRecord, 'ready' | 'reason' | 'readySince'> => {
  const condition = conditions.map((each) => fieldsOf(each)).find(({ type }) => type === 'Ready')
  const ready = condition?.['status'] === 'True' ? 'yes' : condition?.['status'] === 'False' ? 'no' : 'unknown'
  const reason = ready === 'yes' ? '' : condition === undefined ? 'no Ready condition' : condition['reason']
  return { ready, reason: words(reason), readySince: timeOf(condition?.['lastTransitionTime']) }
}

const rolesOf = (labels: Fields, words: Words): readonly Clean[] =>
  Object.keys(labels)
    .filter((label) => label.startsWith(roleLabel) && label.length > roleLabel.length)
    .slice(0, most)
    .map((label) => words(label.slice(roleLabel.length)))

/** What is kept of a node. Everything in its status is a kubelet's word. */
export const slimNode: Slim<NodeRecord> = (object, words) => {
  const who = clusterWide<NodeName>(object)
  if (isRefused(who)) return who
  const metadata = fieldsOf(object['metadata'])
  const spec = fieldsOf(object['spec'])
  const status = fieldsOf(object['status'])
  const info = fieldsOf(status['nodeInfo'])
  const labels = fieldsOf(metadata['labels'])
  const conditions = listOf(status['conditions']).slice(0, most)
  const ranges = listOf(spec['podCIDRs'])
  return {
    ...who,
    ...readyOf(conditions, words),
    troubles: conditions.flatMap((each) => conditionOf(each, words)),
    unschedulable: spec['unschedulable'] === true,
    deleting: metadata['deletionTimestamp'] !== undefined,
    addresses: listOf(status['addresses']).slice(0, most).flatMap(addressOf),
    podRanges: (ranges.length > 0 ? ranges : [spec['podCIDR']]).map(words).filter((range) => range !== ''),
    roles: rolesOf(labels, words),
    zone: words(labels['topology.kubernetes.io/zone']),
    instance: words(labels['node.kubernetes.io/instance-type']),
    kubelet: words(info['kubeletVersion']),
    kernel: words(info['kernelVersion']),
    runtime: words(info['containerRuntimeVersion']),
    system: words(info['osImage']),
    architecture: words(info['architecture']),
    bootId: words(info['bootID']),
    machineId: words(info['machineID']),
  }
}
