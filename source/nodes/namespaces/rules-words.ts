import { familyOf, parseAddress } from '../../events/address.ts'
import type { ServiceDoor, ServicePlace } from '../../events/look-rules.ts'
import { isDnsLabel, isDnsName, nameOf, namespaceOf } from '../../events/names.ts'
import { mostFronts, serviceKeys } from './cilium-keys.ts'
import { iptablesHash } from './proxy-names.ts'

const isPort = (port: number): boolean => Number.isInteger(port) && port > 0 && port < 65_536

const isDoorValid = ({ name, protocol, port, nodePort }: ServiceDoor): boolean =>
  (name === '' || isDnsLabel(name)) &&
  ['tcp', 'udp', 'sctp'].includes(protocol) &&
  isPort(port) &&
  (nodePort === 0 || isPort(nodePort))

/** Whether a service is what the API server takes for one: from it words of a script are made. */
export const isServiceValid = ({ id, addresses, doors }: ServicePlace): boolean =>
  isDnsLabel(namespaceOf(id)) &&
  isDnsName(nameOf(id)) &&
  addresses.every((address) => parseAddress(address) === address) &&
  doors.every(isDoorValid)

/**
 * What the script of the rules is given, parted by blanks: `chain,HASH` for each port in iptables mode, `door,ip,KEY` for each
 * element of a map in nftables mode, in which `_` stands for what nft writes between two parts of a key (` . `), and `bpf,KEY` for
 * each entry of Cilium's maps.
 */
export const rulesWords = (service: ServicePlace): readonly string[] => {
  const families = new Set(service.addresses.map((address) => (familyOf(address) === 6 ? 'ip6' : 'ip')))
  const ofProxy = service.doors.flatMap((door) => [
    `chain,${iptablesHash(service, door)}`,
    ...service.addresses.map(
      (address) => `door,${familyOf(address) === 6 ? 'ip6' : 'ip'},${address}_${door.protocol}_${door.port}`,
    ),
    ...(door.nodePort === 0 ? [] : [...families].map((family) => `node,${family},${door.protocol}_${door.nodePort}`)),
  ])
  const ofCilium = serviceKeys(service).slice(0, mostFronts)
  return [...ofProxy, ...ofCilium.map((key) => `bpf,${key}`)]
}
