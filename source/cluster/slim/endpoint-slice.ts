import { parseAddress } from '../../events/address.ts'
import { isDnsLabel, isDnsName, type PodId, type ServiceId, type SliceId } from '../../events/names.ts'
import type { Endpoint, SliceRecord } from '../../events/records.ts'
import type { Clean } from '../../text/clean.ts'
import { exactly, fieldsOf, listOf, textOf, type Words } from './fields.ts'
import { isRefused, namespaced, nodeNameOf, type Slim } from './slim.ts'

/** The API allows 1,000 endpoints in a slice. */
const most = 1000
/** And 100 ports. */
const mostPorts = 100

const podOf = (target: unknown, words: Words): PodId | undefined => {
  const { kind, namespace, name } = fieldsOf(target)
  if (kind !== 'Pod' || !isDnsLabel(textOf(namespace)) || !isDnsName(textOf(name))) return undefined
  return words(`${textOf(namespace)}/${textOf(name)}`) as PodId
}

const endpointOf = (value: unknown, family: SliceRecord['family'], words: Words): readonly Endpoint[] => {
  const { addresses, conditions, nodeName, targetRef } = fieldsOf(value)
  // Whoever reads a slice is to take the first address only: all of them are the same endpoint.
  const first = textOf(listOf(addresses)[0])
  const address = family === 'FQDN' ? (isDnsName(first) ? first : undefined) : parseAddress(first)
  if (address === undefined) return []
  const { ready, terminating } = fieldsOf(conditions)
  return [
    {
      address: address as Clean,
      // Not said means ready.
      ready: ready !== false,
      terminating: terminating === true,
      node: nodeNameOf(nodeName, words),
      pod: podOf(targetRef, words),
    },
  ]
}

/** Not said means TCP. */
const tcpPortOf = (value: unknown): readonly number[] => {
  const { port, protocol } = fieldsOf(value)
  const isTcp = protocol === undefined || protocol === 'TCP'
  return isTcp && typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536 ? [port] : []
}

/** What is kept of an endpoint slice. */
export const slimSlice: Slim<SliceRecord> = (object, words) => {
  const who = namespaced<SliceId>(object, words)
  if (isRefused(who)) return who
  const { id, version, created, namespace } = who
  const type = object['addressType']
  const family = type === 'IPv6' || type === 'FQDN' ? type : 'IPv4'
  const service = textOf(fieldsOf(fieldsOf(object['metadata'])['labels'])['kubernetes.io/service-name'])
  return {
    id,
    version,
    created,
    service: isDnsName(service) ? (words(`${namespace}/${service}`) as ServiceId) : undefined,
    family,
    endpoints: exactly(
      listOf(object['endpoints'])
        .slice(0, most)
        .flatMap((each) => endpointOf(each, family, words)),
    ),
    ports: exactly(listOf(object['ports']).slice(0, mostPorts).flatMap(tcpPortOf)),
  }
}
