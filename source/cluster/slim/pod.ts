import { parseAddress } from '../../events/address.ts'
import type { PodId } from '../../events/names.ts'
import type { ContainerRecord, PodRecord } from '../../events/records.ts'
import { type Clean, clean } from '../../text/clean.ts'
import { countOf, exactly, type Fields, fieldsOf, listOf, textOf, timeOf, type Words } from './fields.ts'
import { isRefused, namespaced, nodeNameOf, type Slim } from './slim.ts'

const phases: ReadonlySet<unknown> = new Set(['Pending', 'Running', 'Succeeded', 'Failed'])

/** Dual stack has two; more than that nobody gives. */
const mostAddresses = 4
const mostContainers = 64

/** `containerd://4c5f...` without its runtime, which is the node's: what stands in the paths of control groups. */
const containerId = (value: unknown): Clean => {
  const [, id = ''] = /^[a-z0-9-]+:\/\/([0-9a-f]{12,128})$/.exec(textOf(value)) ?? []
  // A copy: a part of a string keeps all of it.
  return clean(Buffer.from(id, 'latin1').toString('latin1'), 128)
}

const containerOf = (status: Fields, words: Words): ContainerRecord => ({
  name: words(status['name']),
  id: containerId(status['containerID']),
  ready: status['ready'] === true,
})

const waitingFor = (status: Fields): unknown => {
  const { waiting, terminated } = fieldsOf(status['state'])
  return fieldsOf(waiting)['reason'] ?? fieldsOf(terminated)['reason']
}

/** As kubectl's STATUS column tells it, apart from phases: the pod's own reason, else the last container's that has one. */
const reasonOf = (status: Fields, containers: readonly Fields[]): unknown =>
  status['phase'] === 'Succeeded'
    ? ''
    : (status['reason'] ??
      containers
        .filter((each) => each['ready'] !== true)
        .map(waitingFor)
        .findLast((reason) => reason !== undefined))

const ownerOf = (metadata: Fields): string => {
  const owner = listOf(metadata['ownerReferences'])
    .map((each) => fieldsOf(each))
    .find(({ controller }) => controller === true)
  return owner === undefined ? '' : `${textOf(owner['kind'])}/${textOf(owner['name'])}`
}

/**
 * The Deployment behind a ReplicaSet, without asking for that: a Deployment names its ReplicaSets after itself and the hash of
 * the template of their pods, which bear that hash as a label (deployment/sync.go of Kubernetes).
 */
const deploymentOf = (metadata: Fields, owner: string): string => {
  const hash = textOf(fieldsOf(metadata['labels'])['pod-template-hash'])
  const [kind, end] = ['ReplicaSet/', `-${hash}`]
  return hash !== '' && owner.startsWith(kind) && owner.endsWith(end) ? owner.slice(kind.length, -end.length) : ''
}

const addressesOf = (status: Fields): PodRecord['addresses'] => {
  const several = listOf(status['podIPs'])
  const said = several.length > 0 ? several.map((each) => fieldsOf(each)['ip']) : [status['podIP']]
  const parsed = said.slice(0, mostAddresses).flatMap((each) => parseAddress(textOf(each)) ?? [])
  return exactly(parsed)
}

const isReady = (status: Fields): boolean =>
  listOf(status['conditions'])
    .map((each) => fieldsOf(each))
    .some((condition) => condition['type'] === 'Ready' && condition['status'] === 'True')

/** What is kept of a pod: well under 1 KB. */
export const slimPod: Slim<PodRecord> = (object, words) => {
  const who = namespaced<PodId>(object, words)
  if (isRefused(who)) return who
  const metadata = fieldsOf(object['metadata'])
  const spec = fieldsOf(object['spec'])
  const status = fieldsOf(object['status'])
  const running = listOf(status['containerStatuses'])
    .slice(0, mostContainers)
    .map((each) => fieldsOf(each))
  const before = listOf(status['initContainerStatuses'])
    .slice(0, mostContainers)
    .map((each) => fieldsOf(each))
  const phase = textOf(status['phase'])
  const owner = ownerOf(metadata)
  const { id, version, created, namespace, name } = who
  // Every field by its name: what is spread into an object takes a second one behind it, and there are 50,000.
  return {
    id,
    version,
    created,
    namespace,
    name,
    uid: clean(textOf(metadata['uid']), 64),
    node: nodeNameOf(spec['nodeName'], words),
    phase: phases.has(phase) ? (phase as PodRecord['phase']) : 'Unknown',
    reason: words(reasonOf(status, [...before, ...running])),
    ready: isReady(status),
    deleting: metadata['deletionTimestamp'] !== undefined,
    hostNetwork: spec['hostNetwork'] === true,
    addresses: addressesOf(status),
    owner: words(owner),
    deployment: words(deploymentOf(metadata, owner)),
    restarts: [...before, ...running].reduce((sum, each) => sum + countOf(each['restartCount']), 0),
    started: timeOf(status['startTime']),
    containers: running.map((each) => containerOf(each, words)),
  }
}
