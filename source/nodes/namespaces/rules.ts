import { familyOf } from '../../events/address.ts'
import type { SeenRules, ServicePlace } from '../../events/look-rules.ts'
import type { Lack, RulesLook } from '../../events/looks.ts'
import { type Clean, clean } from '../../text/clean.ts'
import { ciliumEntries } from './cilium-entries.ts'
import { ciliumService } from './cilium-service.ts'
import { ciliumByHand, ciliumLacks } from './cilium-words.ts'
import type { LookKind, Seen } from './look-kind.ts'
import { iptablesHash } from './proxy-names.ts'
import { foundRules } from './rules-found.ts'
import { rulesRuns, rulesScript } from './rules-script.ts'
import { isServiceValid, rulesWords } from './rules-words.ts'

const lack = (what: string, advice: string): Lack => ({ what: clean(what), advice: clean(advice) })

/** What would show the same where nothing was found: of iptables only the kind that makes no table by being asked. */
const commandsToTry = (service: ServicePlace): readonly string[] =>
  service.addresses.flatMap((address) => {
    const isSix = familyOf(address) === 6
    return service.doors.flatMap((door) => [
      `nft list map ${isSix ? 'ip6' : 'ip'} kube-proxy service-ips | grep -F '${address} . ${door.protocol} . ${door.port} '`,
      `${isSix ? 'ip6tables' : 'iptables'}-nft -t nat -S KUBE-SVC-${iptablesHash(service, door)}`,
    ])
  })

const mapCommand = (section: string, service: ServicePlace): readonly string[] => {
  const [, family, map] = /^map (ip6?) (\S+)$/.exec(section) ?? []
  if (map === undefined) return []
  const keys = service.doors.flatMap(({ protocol, port, nodePort }) =>
    map.endsWith('nodeports')
      ? [`${protocol} . ${nodePort} `]
      : service.addresses
          .filter((address) => familyOf(address) === (family === 'ip6' ? 6 : 4))
          .map((address) => `${address} . ${protocol} . ${port} `),
  )
  const patterns = [...new Set(keys)].map((key) => `-e '${key}'`).join(' ')
  return [`nft list map ${family} kube-proxy ${map} | grep -F ${patterns}`]
}

const chainCommand = (section: string): readonly string[] => {
  const [, kind, chain] = /^chain (\S+) (\S+)$/.exec(section) ?? []
  if (kind === undefined) return []
  return [kind === 'ip' || kind === 'ip6' ? `nft list chain ${kind} kube-proxy ${chain}` : `${kind} -t nat -S ${chain}`]
}

/** Every map and chain that was listed, as a person would list it; and those for which there was no time. */
const commandsFor = ({ sections }: Seen, service: ServicePlace): readonly Clean[] => {
  const left = (sections.get('left') ?? []).filter((line) => line !== '').map((line) => `chain ${line}`)
  const listed = [...sections.keys(), ...left].flatMap((section) => [
    ...mapCommand(section, service),
    ...chainCommand(section),
  ])
  const lines = sections.get('cilium')
  const isThere = (sections.get('others') ?? []).includes('cilium')
  const ofCilium = isThere ? ciliumByHand(lines === undefined ? undefined : ciliumEntries(lines, service), service) : []
  const isServed = lines?.some((line) => line.startsWith('front ')) ?? false
  const ofProxy = listed.length > 0 ? listed : isServed ? [] : commandsToTry(service)
  return [...ofProxy, ...ofCilium].map((line) => clean(line))
}

const old = /^old (\S+)$/
const absent = /^tool (\S+)$/

const ciliumLacksOf = ({ sections }: Seen, service: ServicePlace): readonly Lack[] => {
  if (!(sections.get('others') ?? []).includes('cilium') || sections.has('right')) return []
  const entries = ciliumEntries(sections.get('cilium') ?? [], service)
  return ciliumLacks(entries, ciliumService(entries).left, service)
}

const lacksOf = (seen: Seen, found: SeenRules, service: ServicePlace): readonly Lack[] => {
  const { sections, cut } = seen
  const chains = (sections.get('left') ?? []).filter((line) => line !== '').length
  const tools = [...sections.keys()].flatMap((section) => old.exec(section)?.[1] ?? [])
  const without = [...sections.keys()].flatMap((section) => absent.exec(section)?.[1] ?? [])
  return [
    ...(sections.has('right')
      ? [lack('the rules of this service', 'it takes root: log in as root, or --sudo root; x says what to run')]
      : []),
    ...(found.way === 'none' ? without.map((tool) => lack(`what ${tool} would tell`, 'it is not on this node')) : []),
    ...tools.map((tool) =>
      lack(
        `what ${tool} has`,
        'before 1.8.9 asking it for a table may make one, and there is no nft here that tells whether it is there',
      ),
    ),
    ...(chains === 0
      ? []
      : [
          lack(
            `${chains} of its chains`,
            'listing one takes long on this node, with so many services: x says how, one by one',
          ),
        ]),
    ...(cut ? [lack('the last rules', 'more than 512 KB: run the commands by hand')] : []),
    ...(found.others.includes(clean('IPVS')) ? [lack('what IPVS does for it', 'by hand, as root: ipvsadm -Ln')] : []),
    ...ciliumLacksOf(seen, service),
  ]
}

/** kube-proxy's rules of one service on a node, or Cilium's entries, and of no other: once, when a person asks. */
export const rulesLook: LookKind<RulesLook> = {
  tab: 'rules',
  every: undefined,
  isCostly: true,
  patience: 30_000,
  limit: 512 * 1024,
  cost: 'some 10 processes at nice 19, 30 ms of CPU with few services; with 5,000 and nft 1.0.6 1 s for each chain, and after 4 s no further one; where Cilium is a perl of 3 ms, 10 ms with 2,000 lookups',
  runs: rulesRuns,
  script: rulesScript,
  words(service) {
    if (service === undefined || !isServiceValid(service))
      throw new Error('not a service whose rules can be looked for')
    return rulesWords(service)
  },
  read(seen) {
    const { service } = seen
    if (service === undefined) return { cause: clean('nobody said of which service') }
    const found = foundRules(seen.sections, service)
    return {
      tab: 'rules',
      footing: seen.footing,
      lacks: lacksOf(seen, found, service),
      byHand: commandsFor(seen, service),
      ...found,
    }
  },
}
