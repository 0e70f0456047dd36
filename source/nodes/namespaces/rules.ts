import { familyOf } from '../../events/address.ts'
import type { SeenRules, ServicePlace } from '../../events/look-rules.ts'
import type { Lack, RulesLook } from '../../events/looks.ts'
import { type Clean, clean } from '../../text/clean.ts'
import type { LookKind, Seen } from './look-kind.ts'
import { iptablesHash } from './proxy-names.ts'
import { foundRules } from './rules-found.ts'
import { rulesRuns, rulesScript } from './rules-script.ts'
import { isServiceValid, rulesWords } from './rules-words.ts'

const lack = (what: string, advice: string): Lack => ({ what: clean(what), advice: clean(advice) })

const isOf = (family: 4 | 6, { addresses }: ServicePlace): boolean =>
  addresses.some((address) => familyOf(address) === family)

const iptablesCommands = (service: ServicePlace): readonly string[] =>
  ([4, 6] as const).flatMap((family) =>
    isOf(family, service)
      ? service.doors.map(
          (door) => `${family === 4 ? 'iptables' : 'ip6tables'} -t nat -S KUBE-SVC-${iptablesHash(service, door)}`,
        )
      : [],
  )

const nftCommands = (service: ServicePlace): readonly string[] =>
  service.addresses.flatMap((address) =>
    service.doors.map(
      ({ protocol, port }) =>
        `nft get element ${familyOf(address) === 4 ? 'ip' : 'ip6'} kube-proxy service-ips '{ ${address} . ${protocol} . ${port} }'`,
    ),
  )

/** Every chain that was listed, as a person would list it. */
const commandsFor = (found: SeenRules, service: ServicePlace): readonly Clean[] => {
  const chains = new Map(found.rules.map(({ family, chain }) => [`${family} ${chain}`, { family, chain }]))
  const commands = [...chains.values()].map(({ family, chain }) =>
    chain.startsWith('KUBE-')
      ? `${family === 4 ? 'iptables' : 'ip6tables'}${found.way === 'iptables-legacy' ? '-legacy' : ''} -t nat -S ${chain}`
      : `nft list chain ${family === 4 ? 'ip' : 'ip6'} kube-proxy ${chain}`,
  )
  const begin = found.way === 'nftables' ? nftCommands(service) : []
  const all = [...begin, ...commands]
  return (all.length > 0 ? all : [...nftCommands(service), ...iptablesCommands(service)]).map((line) => clean(line))
}

const old = /^old (\S+)$/

const lacksOf = ({ sections, cut }: Seen, found: SeenRules): readonly Lack[] => {
  const tools = [...sections.keys()].flatMap((section) => old.exec(section)?.[1] ?? [])
  return [
    ...(sections.has('right')
      ? [lack('the rules of this service', 'it takes root: log in as root, or --sudo root; x says what to run')]
      : []),
    ...tools.map((tool) =>
      lack(
        `what ${tool} has`,
        'before 1.8.9 asking it for a table may make one, and there is no nft here that tells whether it is there',
      ),
    ),
    ...(found.unlisted === 0
      ? []
      : [
          lack(
            `${found.unlisted} of its chains`,
            'listing one takes long on this node, with so many services: x says how, one by one',
          ),
        ]),
    ...(cut ? [lack('the last rules', 'more than 512 KB: run the commands by hand')] : []),
    ...(found.others.includes(clean('IPVS')) ? [lack('what IPVS does for it', 'by hand, as root: ipvsadm -Ln')] : []),
    ...(found.others.includes(clean('Cilium'))
      ? [lack('what Cilium does for it', "by hand, in the agent's pod of this node: cilium-dbg service list")]
      : []),
  ]
}

/** kube-proxy's rules of one service on a node, and of no other: once, when a person asks. */
export const rulesLook: LookKind<RulesLook> = {
  tab: 'rules',
  every: undefined,
  isCostly: true,
  limit: 512 * 1024,
  cost: 'some 10 processes at nice 19, 30 ms of CPU with few services; with 5,000 and nft 1.0.6 1 s for each chain, and after 2 s no further one',
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
      lacks: lacksOf(seen, found),
      byHand: commandsFor(found, service),
      ...found,
    }
  },
}
