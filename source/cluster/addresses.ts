import { type Address, isReachable, parseAddress } from '../events/address.ts'
import { isDnsName } from '../events/names.ts'
import type { NodeRecord } from '../events/records.ts'
import { type Clean, clean } from '../text/clean.ts'

/** One way to name a node to a transport: `from` says on whose word. */
export interface Candidate {
  readonly host: Clean
  readonly from: 'nodes map' | 'node name' | 'InternalIP' | 'ExternalIP'
}

/** What the machine that is reached must prove: that it owns one of the addresses, and has either id. */
export interface NodeIdentity {
  /** Internal addresses that can be another machine's. */
  readonly addresses: readonly Address[]
  /** Empty where the kubelet did not say. */
  readonly bootId: Clean
  readonly machineId: Clean
}

/** A host as a person may write it in the map: an address, or a name of letters, digits, dots, hyphens and underscores. */
const mappedHost = (text: string): Clean | undefined =>
  parseAddress(text) !== undefined || /^[A-Za-z0-9_]([\w.-]{0,252})$/.test(text) ? clean(text) : undefined

const reachable = (record: NodeRecord, type: 'InternalIP' | 'ExternalIP'): readonly Address[] =>
  record.addresses
    .filter((address) => address.type === type)
    .flatMap(({ text }) => parseAddress(text) ?? [])
    .filter(isReachable)

/**
 * What to call a node by, best first: the `nodes:` map of the configuration, its name, its internal addresses, its external
 * ones. Nothing that is neither an address nor a name, and no address that is every machine's own, however a kubelet calls
 * itself; each host stands once.
 */
export const addressesOf = (record: NodeRecord, map: Readonly<Record<string, string>> = {}): readonly Candidate[] => {
  const mapped = Object.hasOwn(map, record.id) ? mappedHost(map[record.id] ?? '') : undefined
  const named: readonly Candidate[] = [
    ...(mapped === undefined ? [] : [{ host: mapped, from: 'nodes map' } as const]),
    ...(isDnsName(record.id) ? [{ host: clean(record.id), from: 'node name' } as const] : []),
    ...(['InternalIP', 'ExternalIP'] as const).flatMap((from) =>
      reachable(record, from).map((address) => ({ host: clean(address), from })),
    ),
  ]
  return named.filter(({ host }, index) => named.findIndex((other) => other.host === host) === index)
}

/** By what a machine is known to be this node; undefined where it cannot prove anything: no address, or neither id. */
export const identityOf = (record: NodeRecord): NodeIdentity | undefined => {
  const addresses = reachable(record, 'InternalIP')
  const { bootId, machineId } = record
  return addresses.length > 0 && (bootId !== '' || machineId !== '') ? { addresses, bootId, machineId } : undefined
}
