import { isDnsLabel, type NamespaceName } from '../../events/names.ts'
import type { LeaseRecord, NamespaceRecord } from '../../events/records.ts'
import type { NodeName } from '../../events/subject.ts'
import { fieldsOf, timeOf } from './fields.ts'
import { clusterWide, isRefused, type Slim } from './slim.ts'

/** What is kept of a namespace. */
export const slimNamespace: Slim<NamespaceRecord> = (object) => {
  const who = clusterWide<NamespaceName>(object, isDnsLabel)
  return isRefused(who) ? who : { ...who, terminating: fieldsOf(object['status'])['phase'] === 'Terminating' }
}

/** What is kept of a kubelet's lease, which has its node's name. */
export const slimLease: Slim<LeaseRecord> = (object) => {
  const who = clusterWide<NodeName>(object)
  return isRefused(who) ? who : { ...who, renewed: timeOf(fieldsOf(object['spec'])['renewTime']) }
}
