import { parseAddress } from '../../events/address.ts'
import type { ServiceId } from '../../events/names.ts'
import type { ServicePort, ServiceRecord } from '../../events/records.ts'
import type { Clean } from '../../text/clean.ts'
import { countOf, type Fields, fieldsOf, listOf, textOf, type Words } from './fields.ts'
import { isRefused, namespaced, type Slim } from './slim.ts'

const types: ReadonlySet<unknown> = new Set(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'])

const most = 64

const portOf = (value: unknown, words: Words): ServicePort => {
  const { name, protocol, port, nodePort } = fieldsOf(value)
  return { name: words(name), protocol: words(protocol ?? 'TCP'), port: countOf(port), nodePort: countOf(nodePort) }
}

const balancersOf = (object: Fields): readonly unknown[] =>
  listOf(fieldsOf(fieldsOf(object['status'])['loadBalancer'])['ingress'])
    .slice(0, most)
    .map((each) => fieldsOf(each)['ip'] ?? fieldsOf(each)['hostname'])

const wordsOf = (values: readonly unknown[], words: Words): readonly Clean[] =>
  values.map(words).filter((word) => word !== '')

/** What is kept of a service. */
export const slimService: Slim<ServiceRecord> = (object, words) => {
  const who = namespaced<ServiceId>(object, words)
  if (isRefused(who)) return who
  const spec = fieldsOf(object['spec'])
  const type = spec['type'] ?? 'ClusterIP'
  const serviceType = types.has(type) ? (type as ServiceRecord['serviceType']) : 'ClusterIP'
  const several = listOf(spec['clusterIPs'])
  const addresses = (several.length > 0 ? several : [spec['clusterIP']]).slice(0, 4).map(textOf)
  const balancers = wordsOf(balancersOf(object), words)
  return {
    ...who,
    serviceType,
    clusterAddresses: addresses.flatMap((each) => parseAddress(each) ?? []),
    headless: addresses.includes('None'),
    external: [
      ...balancers,
      ...wordsOf(listOf(spec['externalIPs']).slice(0, most), words),
      ...wordsOf(serviceType === 'ExternalName' ? [spec['externalName']] : [], words),
    ],
    pending: serviceType === 'LoadBalancer' && balancers.length === 0,
    selects: Object.keys(fieldsOf(spec['selector'])).length > 0,
    ports: listOf(spec['ports'])
      .slice(0, most)
      .map((each) => portOf(each, words)),
  }
}
