import type { MapElement, RuleBackend } from '../../events/look-rules.ts'
import { clean } from '../../text/clean.ts'
import type { CiliumEntries, CiliumFront } from './cilium-entries.ts'

/**
 * SVC_FLAG_* of Cilium's bpf/lib/lb.h: those of `flags2` eight bits up. Without one of `typed` an entry is of a cluster address.
 */
const typed = 0b10_1011 | (1 << 8)
const externalLocal = 1 << 2
const affinity = 1 << 4
const sourceRange = 1 << 7
const redirect = 1 << 8
const otherFamily = 1 << 9
const proxied = 1 << 10
const internalLocal = 1 << 12

const has = ({ flags }: CiliumFront, flag: number): boolean => (flags & flag) !== 0

/**
 * Whether an entry leads to backends of this node alone. Those of cluster addresses, and those for the inside where it has its
 * own, go by the internal traffic policy, others by the external one.
 */
const policyOf = (front: CiliumFront): RuleBackend['policy'] =>
  has(front, front.isInternal || !has(front, typed) ? internalLocal : externalLocal) ? 'local' : 'cluster'

/** In a master entry the timeout has 24 bits; above them since 1.17 is how a backend is chosen. */
const secondsOf = ({ union }: CiliumFront): number => union & 0xff_ffff

const mapOf = ({ family }: CiliumFront): string => `cilium_lb${family}_services_v2`

const keyWords = ({ address, port, protocol, door, isInternal }: CiliumFront): string =>
  [address, protocol === 0 ? 'any' : door.protocol, port, ...(isInternal ? ['from within'] : [])].join(' . ')

const most = 8

const numbersOf = (front: CiliumFront, { backends, backendMaps }: CiliumEntries): string => {
  const shown = front.ids.slice(0, most).map((id) => id ?? 'none')
  const lost = front.ids.filter((id) => id === undefined || backends.get(`${front.family} ${id}`) === undefined).length
  const rest = front.count - shown.length
  return [
    `${front.count} backend${front.count === 1 ? '' : 's'}: ${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`,
    ...(lost === 0 ? [] : [`${lost} of them not in ${backendMaps.get(front.family) ?? 'its map'}`]),
  ].join('; ')
}

const leadsTo = (front: CiliumFront, entries: CiliumEntries): string => {
  // The port is kept in network order, in the half of the number that a little-endian machine has first.
  const port = ((front.union & 0xff) << 8) | ((front.union >> 8) & 0xff)
  if (has(front, proxied)) return `to the proxy of this node for HTTP, at port ${port}`
  if (has(front, otherFamily)) return 'translated into the other family of addresses'
  if (front.count > 0) return numbersOf(front, entries)
  return policyOf(front) === 'local' ? 'none: no backend on this node' : 'no backend'
}

const verdictOf = (front: CiliumFront, entries: CiliumEntries): string =>
  [
    leadsTo(front, entries),
    ...(front.held === 0 ? [] : [`${front.held} held back, ending or unhealthy`]),
    ...(policyOf(front) === 'local' ? ['those of this node only'] : []),
    ...(has(front, redirect) ? ['by a local redirect policy'] : []),
    ...(has(front, affinity) ? [`affinity ${secondsOf(front)} s`] : []),
    ...(has(front, sourceRange) ? ['for some source addresses only'] : []),
  ].join('; ')

/** Backends of one entry. Cilium draws a slot by chance; Maglev comes to nearly the same where no weights were given. */
const backendsOf = (front: CiliumFront, { backends }: CiliumEntries): readonly RuleBackend[] => {
  const slots = new Map<number, number>()
  for (const id of front.ids) if (id !== undefined) slots.set(id, (slots.get(id) ?? 0) + 1)
  return [...slots].flatMap(([id, count]): readonly RuleBackend[] => {
    const end = backends.get(`${front.family} ${id}`)
    if (end === undefined) return []
    return [
      {
        family: front.family,
        door: front.door,
        policy: policyOf(front),
        address: end.address,
        port: end.port,
        share: count / front.count,
        chain: clean(`${mapOf(front)} ${keyWords(front)}`),
        ...(has(front, redirect) ? { isRedirect: true as const } : {}),
      },
    ]
  })
}

const keyOf = ({ family, door, policy, address, port }: RuleBackend): string =>
  [family, door.protocol, door.port, policy, address, port].join(' ')

/** What Cilium's maps have of a service. */
interface CiliumService {
  readonly elements: readonly MapElement[]
  /** Each once for a port and a policy, though a service has an entry for each of its addresses. */
  readonly backends: readonly RuleBackend[]
  readonly affinity: number | undefined
  /** Entries and backends that are there, or may be, and were not asked for. */
  readonly left: number
}

/** Puts the entries of a service as those of kube-proxy are put. Pure. */
export const ciliumService = (entries: CiliumEntries): CiliumService => {
  const backends = new Map<string, RuleBackend>()
  for (const backend of entries.fronts.flatMap((front) => backendsOf(front, entries)))
    if (!backends.has(keyOf(backend))) backends.set(keyOf(backend), backend)
  const kept = entries.fronts.find((front) => has(front, affinity))
  return {
    elements: entries.fronts.map((front) => ({
      family: front.family,
      map: clean(mapOf(front)),
      key: clean(keyWords(front)),
      verdict: clean(verdictOf(front, entries)),
    })),
    backends: [...backends.values()],
    affinity: kept === undefined ? undefined : secondsOf(kept),
    left: entries.fronts.reduce(
      (sum, front) => sum + (has(front, otherFamily) ? 0 : Math.max(0, front.count - front.ids.length)),
      entries.left,
    ),
  }
}
