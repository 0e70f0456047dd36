import { parseAddress } from '../../events/address.ts'
import type { RuleBackend, SeenRules } from '../../events/look-rules.ts'
import { namespaceOf } from '../../events/names.ts'
import type { NodeName } from '../../events/subject.ts'
import { isPast, isRead } from '../../interface/cluster/sources.ts'
import { endpointState, type Known } from '../../store/known.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import type { Style } from '../../text/colour.ts'
import { endpointsOf, type FamilyEndpoint } from './service-choice.ts'

/** What the cluster's records say of the endpoint that a rule leads to. */
interface EndpointStanding {
  readonly words: 'ready' | 'not ready' | 'ending' | 'gone' | 'redirect' | '?'
  readonly style: Style
  readonly endpoint: FamilyEndpoint | undefined
}

type OfService = Pick<SeenRules, 'service'>

const canonical = ({ address }: FamilyEndpoint): string => parseAddress(address) ?? address

/** Whether nothing is known of a service's endpoints, or not of now: then no rule is held against them. */
export const areUnknown = (snapshot: Snapshot, { service }: OfService): boolean =>
  !isRead(snapshot, 'endpointslices', namespaceOf(service)) || isPast(snapshot, 'endpointslices')

/**
 * kube-proxy writes rules for endpoints that are ready; where a service has none of those, for those that are ending and still
 * serve (KEP-1669).
 */
export const standingOf = (snapshot: Snapshot, { service }: OfService, backend: RuleBackend): EndpointStanding => {
  if (areUnknown(snapshot, { service })) return { words: '?', style: 'missing', endpoint: undefined }
  const all = endpointsOf(snapshot, service).filter(({ family }) => family === backend.family)
  const own = all.filter((endpoint) => canonical(endpoint) === backend.address)
  // An address may stand in several slices, for each port with its own condition.
  const endpoint = own.find(({ ready }) => ready) ?? own[0]
  if (endpoint === undefined)
    return backend.isRedirect === true
      ? { words: 'redirect', style: 'note', endpoint }
      : { words: 'gone', style: 'warning', endpoint }
  if (endpoint.ready) return { words: 'ready', style: 'ok', endpoint }
  if (endpoint.terminating)
    return { words: 'ending', style: all.some(({ ready }) => ready) ? 'warning' : 'note', endpoint }
  return { words: 'not ready', style: 'warning', endpoint }
}

/** Ready endpoints that no rule of a family leads to. `node`: with rules for its own endpoints only, those of others have none. */
export const withoutRule = (
  snapshot: Snapshot,
  look: Pick<SeenRules, 'service' | 'backends' | 'unlisted'>,
  node: NodeName | undefined,
): readonly FamilyEndpoint[] => {
  if (areUnknown(snapshot, look) || look.unlisted > 0) return []
  if (look.backends.some(({ isRedirect }) => isRedirect === true)) return []
  const isLocal = look.backends.length > 0 && look.backends.every(({ policy }) => policy === 'local')
  const addresses = new Set(look.backends.map(({ family, address }) => `${family} ${address}`))
  const families = familiesOf(snapshot, look)
  return endpointsOf(snapshot, look.service).filter(
    (endpoint) =>
      endpoint.ready &&
      families.has(endpoint.family) &&
      !(isLocal && endpoint.node !== node) &&
      !addresses.has(`${endpoint.family} ${canonical(endpoint)}`),
  )
}

/** Families in which a service has an address of the cluster: only for those are there rules. */
const familiesOf = ({ records }: Snapshot, { service }: OfService): ReadonlySet<4 | 6> =>
  new Set((records.services.get(service)?.clusterAddresses ?? []).map((address) => (address.includes(':') ? 6 : 4)))

/** Whether the endpoints have changed since the rules were taken: then nobody knows whether those fit by now. */
export const areOutdated = (snapshot: Snapshot, { service }: OfService, { endpoints }: Known): boolean =>
  endpoints !== undefined && endpoints !== endpointState(endpointsOf(snapshot, service))
