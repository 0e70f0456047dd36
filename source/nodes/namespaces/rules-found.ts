import type { MapElement, Rule, RuleBackend, RulesWay, SeenRules, ServicePlace } from '../../events/look-rules.ts'
import { clean } from '../../text/clean.ts'
import { ciliumEntries } from './cilium-entries.ts'
import { ciliumService } from './cilium-service.ts'
import { type IptablesRule, iptablesRuleIn, leadingFrom } from './iptables-rules.ts'
import { choicesOf, elementIn, nftRulesIn } from './nft-rules.ts'
import { iptablesHash, nftablesBase } from './proxy-names.ts'
import type { Sections } from './sections.ts'

/** Rules that are kept, and backends. */
const mostRules = 2000
const mostBackends = 1000

type Family = 4 | 6

/** A chain as it was listed. */
interface Chain {
  readonly family: Family
  readonly name: string
  readonly isNft: boolean
  readonly rules: readonly string[]
}

const familyIn = (kind: string): Family => (kind.startsWith('ip6') ? 6 : 4)

/** Sections `chain ip NAME` were listed by nft, `chain iptables-nft NAME` by that tool. */
const chainsIn = (sections: Sections): readonly Chain[] =>
  [...sections].flatMap(([section, lines]) => {
    const [word, kind = '', name = ''] = section.split(' ')
    if (word !== 'chain') return []
    const isNft = kind === 'ip' || kind === 'ip6'
    const rules = isNft ? nftRulesIn(lines) : lines.filter((line) => line.startsWith('-A '))
    return [{ family: familyIn(kind), name, isNft, rules }]
  })

const policies = [
  ['cluster', 'KUBE-SVC-', 'service-'],
  ['local', 'KUBE-SVL-', 'local-'],
] as const

const iptablesBackends = (chains: readonly Chain[], service: ServicePlace): readonly RuleBackend[] => {
  const families = [4, 6] as const
  return families.flatMap((family) => {
    const own = chains.filter((chain) => chain.family === family && !chain.isNft)
    const rules = own.flatMap((chain) => chain.rules.flatMap((rule) => iptablesRuleIn(rule) ?? []))
    return service.doors.flatMap((door) =>
      policies.flatMap(([policy, prefix]) =>
        leadingFrom(rules, `${prefix}${iptablesHash(service, door)}`, 'KUBE-SEP-').flatMap(({ chain, share }) => {
          const to = rules.find((rule) => rule.chain === chain && rule.destination !== undefined)?.destination
          return to === undefined ? [] : [{ family, door, policy, ...to, share, chain: clean(chain) }]
        }),
      ),
    )
  })
}

/** Where a chain for an endpoint sends packets: by its rule, else by its name (`..__10.1.0.7/8080`, IPv6 with dots for colons). */
const endpointIn = (chains: readonly Chain[], family: Family, name: string): IptablesRule['destination'] => {
  const rules = chains.find((chain) => chain.isNft && chain.family === family && chain.name === name)?.rules ?? []
  const [found] = rules.flatMap((rule) => choicesOf(rule).flatMap(({ destination }) => destination ?? []))
  if (found !== undefined) return found
  const [, host = '', port = ''] = /__([0-9a-f.]+)\/(\d+)$/.exec(name) ?? []
  const rule = `dnat to ${family === 6 ? `[${host.replaceAll('.', ':')}]` : host}:${port}`
  return choicesOf(rule)[0]?.destination
}

const nftBackends = (chains: readonly Chain[], service: ServicePlace): readonly RuleBackend[] =>
  service.doors.flatMap((door) =>
    policies.flatMap(([policy, , prefix]) =>
      chains.flatMap(({ family, name, isNft, rules }) => {
        if (!isNft || name !== `${prefix}${nftablesBase(service, door)}`) return []
        return rules.flatMap(choicesOf).flatMap(({ share, chain, destination }) => {
          const to = destination ?? (chain === undefined ? undefined : endpointIn(chains, family, chain))
          return to === undefined ? [] : [{ family, door, policy, ...to, share, chain: clean(chain ?? name) }]
        })
      }),
    ),
  )

/** Keys that are asked for: the script finds them by a part of a line, which others may share. */
const keysOf = ({ addresses, doors }: ServicePlace): ReadonlySet<string> =>
  new Set(
    doors.flatMap(({ protocol, port, nodePort }) => [
      ...addresses.map((address) => `${address}_${protocol}_${port}`),
      `${protocol}_${nodePort}`,
    ]),
  )

const elementsIn = (sections: Sections, service: ServicePlace): readonly MapElement[] => {
  const keys = keysOf(service)
  return [...sections].flatMap(([section, lines]) => {
    const [word, kind = '', map = ''] = section.split(' ')
    if (word !== 'map') return []
    return lines.flatMap((line) => {
      const { key = '', verdict = '' } = elementIn(line) ?? {}
      return keys.has(key)
        ? [{ family: familyIn(kind), map: clean(map), key: clean(key.replaceAll('_', ' . ')), verdict: clean(verdict) }]
        : []
    })
  })
}

/** A service may be handled by one of them alone; where several have rules of it, the one that has most. */
const waysIn = (sections: Sections): readonly RulesWay[] =>
  (['nftables', 'iptables-nft', 'iptables-legacy'] as const).filter((way) =>
    [...sections.keys()].some((section) => section.startsWith(`way ${way} `)),
  )

const affinityIn = (chains: readonly Chain[]): number | undefined => {
  const rules = chains.flatMap((chain) => chain.rules)
  const [seconds] = rules.flatMap((rule) => iptablesRuleIn(rule)?.recent ?? [])
  return seconds ?? (rules.some((rule) => rule.includes('@affinity-')) ? 0 : undefined)
}

const otherNames: Readonly<Record<string, string>> = { cilium: 'Cilium', ipvs: 'IPVS' }

/** What the script found of a service. Pure. */
export const foundRules = (sections: Sections, service: ServicePlace): SeenRules => {
  const chains = chainsIn(sections)
  const elements = elementsIn(sections, service)
  const ways = waysIn(sections)
  const cilium = ciliumService(ciliumEntries(sections.get('cilium') ?? [], service))
  const isHere = chains.length > 0 || elements.length > 0
  const isOfCilium = cilium.elements.length > 0
  const affinity = affinityIn(chains) ?? cilium.affinity
  const rules = chains.flatMap(({ family, name, rules }) =>
    rules.map((text): Rule => ({ family, chain: clean(name), text: clean(text) })),
  )
  const left = (sections.get('left') ?? []).filter((line) => line !== '')
  return {
    service: service.id,
    way: isHere ? (ways[0] ?? 'none') : isOfCilium ? 'cilium' : 'none',
    backends: [...nftBackends(chains, service), ...iptablesBackends(chains, service), ...cilium.backends].slice(
      0,
      mostBackends,
    ),
    elements: [...elements, ...cilium.elements],
    rules: rules.slice(0, mostRules),
    ...(affinity === undefined ? {} : { affinity }),
    unlisted: left.length + cilium.left,
    others: [
      ...(sections.get('others') ?? []).flatMap((word) =>
        word === 'cilium' && isOfCilium && !isHere ? [] : (otherNames[word] ?? []),
      ),
      ...(isHere ? ways.slice(1) : []),
    ].map((name) => clean(name)),
  }
}
