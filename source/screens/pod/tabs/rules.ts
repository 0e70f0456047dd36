import type { MapElement, Rule, RuleBackend, ServiceDoor } from '../../../events/look-rules.ts'
import type { RulesLook } from '../../../events/looks.ts'
import { segment } from '../../../interface/lines.ts'
import type { Known } from '../../../store/known.ts'
import type { Snapshot } from '../../../store/snapshot.ts'
import { clean } from '../../../text/clean.ts'
import type { Segment } from '../../../text/colour.ts'
import { formatAge } from '../../../text/units.ts'
import { endpointWords, fitOwner, ownerOf } from '../address-names.ts'
import { figures, listOf, words } from '../list.ts'
import { areOutdated, areUnknown, standingOf, withoutRule } from '../rules-against-records.ts'
import { chosenService, servicesOf } from '../service-choice.ts'
import { type Fact, type Setting, tab } from '../tab.ts'
import { nodeOf } from '../target.ts'

const doorWords = ({ name, protocol, port }: ServiceDoor): string =>
  `${port}/${protocol}${name === '' ? '' : ` ${name}`}`

/** A backend with what it belongs to: a row knows nothing else. */
interface Item {
  readonly look: RulesLook
  readonly backend: RuleBackend
}

const standing = ({ look, backend }: Item, snapshot: Snapshot): Segment => {
  const { words: text, style } = standingOf(snapshot, look, backend)
  return segment(text, style)
}

const addressOf = ({ address, port }: RuleBackend): string => endpointWords(address, port)

/** Who had the address of a backend; the node, where that is on the host's network, with the pod by the records. */
const whoOf = ({ look, backend }: Item, known: Known, snapshot: Snapshot): Segment => {
  const { endpoint } = standingOf(snapshot, look, backend)
  return endpoint?.pod === undefined ? ownerOf(known, clean(backend.address)) : segment(`pod ${endpoint.pod}`)
}

const backends = listOf<RulesLook, Item>({
  title: 'backends',
  items: (look) => look.backends.map((backend) => ({ look, backend })),
  idOf: ({ backend: { policy, door, chain, ...backend } }) =>
    [
      ...[backend.family, policy, doorWords(door), addressOf({ ...backend, policy, door, chain })],
      ...(chain.startsWith('cilium_') ? ['cilium'] : []),
    ].join(' '),
  columns: [
    words({ id: 'backend', heading: 'BACKEND', width: 20, most: 47, priority: 0 }, ({ backend }) => addressOf(backend)),
    words({ id: 'who', heading: 'WHO', width: 18, most: 48, priority: 2 }, (item, known, width, snapshot) =>
      fitOwner(whoOf(item, known, snapshot), width),
    ),
    figures({ id: 'share', heading: 'SHARE', width: 6, priority: 1, unit: '%' }, ({ backend }) => backend.share * 100),
    words({ id: 'endpoint', heading: 'ENDPOINT', width: 9, priority: 1 }, (item, _, __, snapshot) =>
      standing(item, snapshot),
    ),
    words({ id: 'door', heading: 'PORT', width: 10, most: 22, priority: 3 }, ({ backend }) => doorWords(backend.door)),
    words(
      { id: 'node', heading: 'NODE', width: 10, most: 30, priority: 4 },
      ({ look, backend }, _, __, snapshot) => standingOf(snapshot, look, backend).endpoint?.node ?? '',
    ),
    words({ id: 'policy', heading: 'POLICY', width: 7, priority: 5 }, ({ backend }) => backend.policy),
    words({ id: 'chain', heading: 'CHAIN', width: 25, most: 70, priority: 6 }, ({ backend }) => backend.chain),
  ],
  rank: () => 0,
  words: (item, known, snapshot) => [
    addressOf(item.backend),
    whoOf(item, known, snapshot).text,
    `${Math.round(item.backend.share * 1000) / 10} % of new connections to ${doorWords(item.backend.door)}`,
    `by the records ${standing(item, snapshot).text}`,
    ...(item.backend.policy === 'local' ? ['chosen among endpoints of this node only'] : []),
    item.backend.chain,
  ],
  empty: 'no rule of this service leads anywhere',
})

/** An element of a map stands among the rules, before them: by it packets come to a chain. */
const asRule = ({ family, map, key, verdict }: MapElement): Rule => ({
  family,
  chain: map,
  text: clean(`${key} : ${verdict}`),
})

const rules = listOf<RulesLook, Rule>({
  title: 'rules',
  items: (look) => [...look.elements.map(asRule), ...look.rules],
  idOf: ({ family, chain, text }) => `${family} ${chain} ${text}`,
  columns: [
    words({ id: 'family', heading: 'IP', width: 2, priority: 3, align: 'right' }, ({ family }) => String(family)),
    words({ id: 'chain', heading: 'CHAIN', width: 25, most: 60, priority: 1 }, ({ chain }) => chain),
    words({ id: 'rule', heading: 'RULE', width: 40, most: 200, priority: 0 }, ({ text, chain }) =>
      text.replace(`-A ${chain} `, ''),
    ),
  ],
  rank: () => 0,
  words: ({ chain, text }) => [chain, text.replace(`-A ${chain} `, '')],
  empty: 'no rule was listed',
})

const ways: Readonly<Record<RulesLook['way'], string>> = {
  nftables: 'kube-proxy in nftables mode',
  'iptables-nft': 'kube-proxy in iptables mode, which is nft below',
  'iptables-legacy': 'kube-proxy in iptables mode, legacy tables',
  cilium: 'Cilium, by entries of its BPF maps',
  none: 'nobody here: no rule of this service is on this node',
}

/** Which of the services of this pod it is, and how the others are had. */
const turnWords = (at: number, all: readonly string[], isPrinted: boolean | undefined): string => {
  if (isPrinted) return `(${at < 0 ? '' : `${at + 1} of ${all.length}, `}--service NAMESPACE/NAME prints another)`
  return at < 0 ? '(v shows those of this pod)' : `(${at + 1} of ${all.length}, v shows the next)`
}

const serviceFact = ({ service }: RulesLook, { snapshot, target, isPrinted }: Setting): Fact => {
  const record = snapshot.records.services.get(service)
  const all = servicesOf(snapshot, target)
  const at = all.indexOf(service)
  const doors = (record?.ports ?? []).map(
    ({ port, protocol, name }) => `${port}/${protocol.toLowerCase()}${name === '' ? '' : ` ${name}`}`,
  )
  return {
    label: 'Service',
    text: [
      service,
      ...(record === undefined ? ['gone'] : [...record.clusterAddresses, doors.join(', ')]),
      ...(all.length < 2 ? [] : [turnWords(at, all, isPrinted)]),
    ].join(' '),
  }
}

const wayFact = ({ way, footing, service, elements, rules, lacks }: RulesLook, { snapshot }: Setting): Fact => {
  if (footing.right !== 'root') return { label: 'Served by', text: 'whom is told to root only', style: 'missing' }
  if (way !== 'none') return { label: 'Served by', text: ways[way] }
  if (lacks.length > 0) return { label: 'Served by', text: 'nobody that could be asked: see below', style: 'missing' }
  if (areUnknown(snapshot, { service }))
    return { label: 'Served by', text: `${ways.none}; whether an endpoint is ready is not known`, style: 'note' }
  const hasReady = snapshot.records.relations.endpointsOf(service).ready > 0
  const why =
    elements.length + rules.length === 0 && !hasReady ? '; while no endpoint is ready iptables mode keeps none' : ''
  return { label: 'Served by', text: `${ways.none}${why}`, style: hasReady ? 'warning' : 'note' }
}

const most = 4

const someOf = (all: readonly string[]): string =>
  all.length > most ? `${all.slice(0, most).join(', ')} and ${all.length - most} more` : all.join(', ')

/** Rules and records that do not fit together. */
const mismatchFacts = (look: RulesLook, { snapshot, known, target }: Setting): readonly Fact[] => {
  if (look.way === 'none') return []
  const isCilium = look.way === 'cilium'
  const wrong = look.backends.flatMap((backend) => {
    const { words: text, style } = standingOf(snapshot, look, backend)
    return style === 'warning' ? [`${addressOf(backend)} (${text})`] : []
  })
  const missing = withoutRule(snapshot, look, nodeOf(target))
  if (wrong.length + missing.length > 0 && areOutdated(snapshot, look, known))
    return [
      {
        label: 'Outdated',
        text: 'the endpoints have changed since this was taken and do not fit to it: r takes it again, as it is by now',
        style: 'note',
      },
    ]
  return [
    ...(wrong.length === 0
      ? []
      : [
          {
            label: 'Mismatch',
            text: `${isCilium ? "Cilium's entries" : 'rules'} lead to ${someOf([...new Set(wrong)])}: ${
              isCilium
                ? 'connections there fail until its agent writes anew, unless they are of another cluster of a mesh'
                : 'connections there fail until kube-proxy writes anew'
            }`,
            style: 'warning' as const,
          },
        ]),
    ...(missing.length === 0
      ? []
      : [
          {
            label: 'Mismatch',
            text: `no ${isCilium ? 'entry' : 'rule'} leads to ${someOf(missing.map(({ address }) => address))}, which the records call ready: ${isCilium ? "Cilium's agent" : 'kube-proxy'} is late, or keeps to endpoints of its zone`,
            style: 'warning' as const,
          },
        ]),
  ]
}

const affinityFacts = ({ affinity }: RulesLook): readonly Fact[] =>
  affinity === undefined
    ? []
    : [
        {
          label: 'Affinity',
          text: `a client address stays with its backend${affinity === 0 ? '' : ` for ${formatAge(affinity)}`}; SHARE is of new clients`,
        },
      ]

const marking = /-j KUBE-MARK-MASQ$|jump mark-for-masquerade\b|meta mark set meta mark \|/

/** Whose packets leave with the node's address: that hides who asked. Not those of a backend that asks itself. */
const masqueradeFacts = ({ rules: all, way }: RulesLook): readonly Fact[] => {
  const conditions = all.flatMap(({ text, chain }) =>
    marking.test(text) && !/^KUBE-SEP-|^endpoint-/.test(chain)
      ? [
          text
            .replace(`-A ${chain} `, '')
            .replace(/ ?-m comment --comment ("[^"]*"|\S+)/, '')
            .replace(/ ?-j KUBE-MARK-MASQ$/, '')
            .replace(/ ?jump mark-for-masquerade.*$| ?meta mark set meta mark \|.*$/, '')
            .trim() || `all that comes by ${chain}`,
        ]
      : [],
  )
  // Cilium decides that by other maps.
  if (way === 'none' || way === 'cilium') return []
  return [
    {
      label: 'Masquerade',
      text: conditions.length === 0 ? 'none by rules of its own' : someOf([...new Set(conditions)]),
      style: 'dim',
    },
  ]
}

/** What a node refuses or drops for want of endpoints. */
const refusedFacts = (elements: readonly MapElement[]): readonly Fact[] =>
  elements
    .filter(({ map, verdict }) => map.startsWith('no-endpoint') || verdict.startsWith('no backend'))
    .map(
      ({ map, key, verdict }): Fact => ({
        label: 'Refused',
        text: `${key} : ${verdict} (${map})`,
        style: 'warning',
      }),
    )

const otherFacts = ({ others }: RulesLook): readonly Fact[] =>
  others.length === 0
    ? []
    : [{ label: 'Besides', text: `${others.join(', ')} serves services on this node too`, style: 'note' }]

/** What a node does with packets for one service: kube-proxy's own rules, beside what the records say. */
export const rulesTab = tab<RulesLook>({
  name: 'rules',
  purpose: 'what kube-proxy or Cilium has of one service on a node; :rules NAMESPACE/SERVICE',
  names: 'service',
  aims: (_, { snapshot, target, aim }) => ({
    all: servicesOf(snapshot, target),
    current: chosenService(snapshot, target, aim)?.id,
  }),
  facts: (look, setting) => [
    serviceFact(look, setting),
    wayFact(look, setting),
    ...mismatchFacts(look, setting),
    ...otherFacts(look),
    ...affinityFacts(look),
    ...masqueradeFacts(look),
    ...refusedFacts(look.elements),
  ],
  lists: [backends, rules],
})
